// A file of allocated, never written blocks.
#include "storage/reserve.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace nightshift::storage {
namespace {

constexpr std::uint64_t reserve_file_bytes = 16u << 20;

}  // namespace

void arrange_reserve(const std::filesystem::path& folder, std::uint64_t free,
                     std::uint64_t wanted) {
  const auto path = folder / "reserve";
  std::error_code ignored;
  if (free < wanted) {
    std::filesystem::remove(path, ignored);
    return;
  }
  if (free < wanted + reserve_file_bytes || std::filesystem::exists(path, ignored)) return;
  // A file system that cannot allocate leaves an empty file, which does no harm.
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return;
  if (::fallocate(file, 0, 0, reserve_file_bytes) != 0) ::unlink(path.c_str());
  ::close(file);
}

}  // namespace nightshift::storage
