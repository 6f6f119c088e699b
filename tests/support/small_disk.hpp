// A file system of a few megabytes, which is full soon.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

/// From the start of the process, before there is another thread: what it and its children mount is
/// seen by them alone, and goes with the last of them, however they end.
inline const bool mounts_are_private =
    ::unshare(CLONE_NEWNS) == 0 &&
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;

/// In memory, mounted for as long as this lives; at `path`, which is made, or at a place of its
/// own.
class SmallDisk {
 public:
  explicit SmallDisk(std::size_t bytes, std::filesystem::path path = {})
      : path_(path.empty() ? folder_.path() : std::move(path)) {
    std::filesystem::create_directories(path_);
    const auto size = "size=" + std::to_string(bytes);
    mounted_ = mounts_are_private &&
               ::mount("tmpfs", path_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }

  /// Whether this process may mount one: a precondition of the cases that need it.
  static boost::test_tools::assertion_result available(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result can = SmallDisk(1 << 20).mounted_;
    can.message() << "no file system can be mounted here";
    return can;
  }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  /// Bytes that can still be written.
  std::uint64_t free() const { return std::filesystem::space(path_).available; }
  /// Takes all but so many of them.
  void fill(std::uint64_t but) const {
    std::ofstream file(filler(), std::ios::app | std::ios::binary);
    const std::string block(64 << 10, 'x');
    while (free() > but) {
      const auto more = std::min<std::uint64_t>(block.size(), free() - but);
      if (!file.write(block.data(), static_cast<std::streamsize>(more)).flush()) return;
    }
  }
  void give_back() const {
    std::error_code ignored;
    std::filesystem::remove(filler(), ignored);
  }

 private:
  std::filesystem::path filler() const { return path_ / "filler"; }

  TemporaryFolder folder_;
  std::filesystem::path path_;
  bool mounted_ = false;
};

}  // namespace nightshift::tests
