// By what a file is known to be unchanged without reading it.
#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace nightshift::bridges::git {

struct FileStat {
  /// Its lower 32 bits, as the index has it.
  std::uint32_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool executable = false;

  bool operator==(const FileStat&) const = default;
};

inline FileStat file_stat(const struct stat& status) {
  const auto ns = [](const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  };
  return {static_cast<std::uint32_t>(status.st_ino), static_cast<std::uint64_t>(status.st_size),
          ns(status.st_mtim), ns(status.st_ctim), (status.st_mode & S_IXUSR) != 0};
}

}  // namespace nightshift::bridges::git
