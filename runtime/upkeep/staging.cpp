// Writes beside the place, syncs, renames.
#include "runtime/upkeep/staging.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runtime/descriptor.hpp"

namespace nightshift::runtime::upkeep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t copy_bytes = 1 << 20;
constexpr auto folder_mode = fs::perms::owner_all;
constexpr auto file_mode = fs::perms::owner_read | fs::perms::owner_write;

std::unexpected<Error> refused(const fs::path& path, const char* what, int error) {
  if (error == ENOSPC || error == EDQUOT)
    return fail(ErrorCode::no_space,
                "there is no space left to write " + path.string() +
                    "; make room, or name a folder on another disk",
                path.string());
  return fail(ErrorCode::io, path.string() + " cannot be " + what + ": " + std::strerror(error),
              path.string());
}

Result<void> sync_folder(const fs::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::fsync(opened.get()) != 0) return refused(folder, "synced", errno);
  return {};
}

// All of it durable, and for its owner alone whatever the library that wrote it thinks.
Result<void> settle(const fs::path& top) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(top, error), end; !error && it != end;
       it.increment(error)) {
    const bool folder = it->is_directory(error);
    if (!error) fs::permissions(it->path(), folder ? folder_mode : file_mode, error);
    if (error) return refused(it->path(), "made private", error.value());
    if (!folder) continue;
    if (auto synced = sync_folder(it->path()); !synced) return synced;
  }
  if (error) return refused(top, "read", error.value());
  return sync_folder(top);
}

bool write_all(int file, const char* bytes, std::size_t count) {
  while (count > 0) {
    const auto written = ::write(file, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

fs::path partial_of(const fs::path& target) {
  return target.string() + std::string(partial_suffix);
}

}  // namespace

Result<Staging> Staging::begin(const fs::path& given) {
  auto target = fs::absolute(given).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  std::error_code error;
  const auto there = fs::symlink_status(target, error);
  const bool empty_folder = fs::is_directory(there) && fs::is_empty(target, error) && !error;
  if (fs::exists(there) && !empty_folder)
    return fail(ErrorCode::invalid,
                target.string() + " is there already; name a folder that is not there yet",
                target.string());
  auto path = partial_of(target);
  fs::remove_all(path, error);
  if (!error) fs::create_directories(target.parent_path(), error);
  if (error) return refused(target, "made", error.value());
  if (::mkdir(path.c_str(), 0700) != 0) return refused(path, "made", errno);
  return Staging(std::move(path), std::move(target));
}

Staging::Staging(fs::path path, fs::path target)
    : path_(std::move(path)), target_(std::move(target)) {}

Staging::Staging(Staging&& other) noexcept
    : path_(std::exchange(other.path_, {})), target_(std::move(other.target_)) {}

Staging::~Staging() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<void> Staging::finish() {
  if (auto settled = settle(path_); !settled) return settled;
  if (::rename(path_.c_str(), target_.c_str()) != 0) return refused(target_, "written", errno);
  path_.clear();
  return sync_folder(target_.parent_path());
}

Result<void> remove_folder(const fs::path& folder) {
  const auto partial = partial_of(folder);
  std::error_code error;
  fs::remove_all(partial, error);
  if (::rename(folder.c_str(), partial.c_str()) != 0) return refused(folder, "removed", errno);
  fs::remove_all(partial, error);
  if (error) return refused(partial, "removed", error.value());
  return {};
}

Result<Digest> copy_synced(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  if (error) return refused(to.parent_path(), "made", error.value());
  const Descriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!in) return refused(from, "read", errno);
  const Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out) return refused(to, "written", errno);
  Sha256 hash;
  std::string buffer(copy_bytes, '\0');
  while (true) {
    const auto count = ::read(in.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refused(from, "read", errno);
    if (count == 0) break;
    const auto size = static_cast<std::size_t>(count);
    hash.add(std::string_view(buffer.data(), size));
    if (!write_all(out.get(), buffer.data(), size)) return refused(to, "written", errno);
  }
  if (::fsync(out.get()) != 0) return refused(to, "synced", errno);
  return hash.finish();
}

}  // namespace nightshift::runtime::upkeep
