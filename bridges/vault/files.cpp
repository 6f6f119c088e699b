// Files beneath the vault by descriptors, one path component at a time.
#include "bridges/vault/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "bridges/vault/names.hpp"
#include "messages/crypto.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::string_view temporary_prefix = ".nightshift-";
constexpr std::size_t hash_digits = 16;
constexpr std::size_t path_parts_max = 32;

std::unexpected<Error> failed(std::string_view what, std::string_view name) {
  const int number = errno;
  return std::unexpected(system_error(std::string(what) + " '" + printable(name) + "'", number));
}

std::string content_hash(std::string_view bytes) {
  return to_hex(as_bytes(sha256(bytes))).substr(0, hash_digits);
}

std::string temporary_name(std::string_view content, std::string_view target) {
  constexpr std::size_t target_bytes_max = 200;
  std::string name = std::string(temporary_prefix) + content_hash(content) + "-";
  return name.append(target.substr(0, target_bytes_max));
}

/// Some file systems know neither of rename's flags.
bool lacks_flags(int number) {
  return number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
}

bool is_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

Stamp stamp_of(const struct stat& info) {
  return {.device = info.st_dev,
          .inode = info.st_ino,
          .size = static_cast<std::uint64_t>(info.st_size),
          .modified_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("cannot write", "temporary file");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// Whether anybody has it open for writing: then a lease is refused. Where the file system has
/// none, or the file is another user's, that is not known.
bool has_writers(int file) {
  // Should a lease be broken, that must not end the process as SIGIO would.
  ::fcntl(file, F_SETSIG, SIGURG);
  if (::fcntl(file, F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN;
  ::fcntl(file, F_SETLEASE, F_UNLCK);
  return false;
}

/// A file that was read and is no longer there has changed.
std::unexpected<Error> as_change(Error error) {
  if (error.code == ErrorCode::not_found) error.code = ErrorCode::conflict;
  return std::unexpected(std::move(error));
}

/// Opens without waiting for the other end of a pipe and without following a link.
Result<Descriptor> open_regular(int folder, std::string_view name, Stamp& stamp) {
  if (!is_name(name)) return fail(ErrorCode::invalid, "this is not a file name");
  Descriptor fd(::openat(folder, std::string(name).c_str(),
                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fd) {
    if (errno == ELOOP) return fail(ErrorCode::invalid, "it is a link; put the file itself there");
    return failed("cannot open", name);
  }
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return failed("cannot look at", name);
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid, "it is not a regular file");
  stamp = stamp_of(info);
  return fd;
}

}  // namespace

Error system_error(std::string_view what, int number) {
  const ErrorCode code = number == ENOENT                       ? ErrorCode::not_found
                         : number == ENOSPC || number == EDQUOT ? ErrorCode::no_space
                         : number == EEXIST                     ? ErrorCode::conflict
                                                                : ErrorCode::io;
  return {.code = code, .detail = std::string(what) + ": " + std::strerror(number), .instance = {}};
}

std::optional<Temporary> temporary_of(std::string_view name, std::string_view content) {
  if (!name.starts_with(temporary_prefix)) return std::nullopt;
  name.remove_prefix(temporary_prefix.size());
  if (name.size() < hash_digits + 2 || name[hash_digits] != '-') return std::nullopt;
  return Temporary{.target = std::string(name.substr(hash_digits + 1)),
                   .ours = name.substr(0, hash_digits) == content_hash(content)};
}

Result<Folder> Folder::open(const std::filesystem::path& path) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return failed("cannot open the folder", path.native());
  return Folder(std::move(fd));
}

Result<Folder> Folder::sub(std::string_view path, bool create) const {
  Descriptor at(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (!at) return failed("cannot open the folder", path);
  std::size_t parts = 0;
  while (!path.empty()) {
    const std::string part(path.substr(0, path.find('/')));
    const bool ends_in_slash = path.size() == part.size() + 1;
    path.remove_prefix(std::min(part.size() + 1, path.size()));
    if (!is_name(part) || ends_in_slash || ++parts > path_parts_max) {
      return fail(ErrorCode::invalid, "the path leads out of the vault or is not plain");
    }
    if (create && ::mkdirat(at.get(), part.c_str(), 0777) != 0 && errno != EEXIST) {
      return failed("cannot make the folder", part);
    }
    Descriptor next(
        ::openat(at.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next) {
      if (errno == ELOOP || errno == ENOTDIR) {
        return fail(ErrorCode::invalid, "'" + printable(part) + "' is a link or not a folder");
      }
      return failed("cannot open the folder", part);
    }
    at = std::move(next);
  }
  return Folder(std::move(at));
}

Result<Stamp> Folder::identity() const {
  struct stat info{};
  if (::fstat(fd_.get(), &info) != 0) return failed("cannot look at", "folder");
  return Stamp{.device = info.st_dev, .inode = info.st_ino, .size = 0, .modified_ns = 0};
}

Result<std::vector<std::string>> Folder::names(std::size_t max) const {
  const int fd = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("cannot list", "folder");
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::fdopendir(fd), ::closedir);
  if (!dir) return failed("cannot list", "folder");
  std::vector<std::string> all;
  errno = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && all.size() < max) all.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return failed("cannot list", "folder");
  std::ranges::sort(all);
  return all;
}

Result<Stamp> Folder::stat(std::string_view name) const {
  if (!is_name(name)) return fail(ErrorCode::invalid, "this is not a file name");
  struct stat info{};
  if (::fstatat(fd_.get(), std::string(name).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return failed("cannot look at", name);
  }
  if (S_ISLNK(info.st_mode)) {
    return fail(ErrorCode::invalid, "it is a link; put the file itself there");
  }
  if (!S_ISREG(info.st_mode)) return fail(ErrorCode::invalid, "it is not a regular file");
  return stamp_of(info);
}

bool Folder::has(std::string_view name) const {
  struct stat info{};
  return is_name(name) &&
         ::fstatat(fd_.get(), std::string(name).c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<FileText> Folder::read(std::string_view name, std::size_t max) const {
  FileText file;
  const auto fd = open_regular(fd_.get(), name, file.stamp);
  if (!fd) return std::unexpected(fd.error());
  if (file.stamp.size > max) {
    return fail(ErrorCode::too_large, "it is larger than " + std::to_string(max) + " bytes");
  }
  // One byte more than there should be, so that growth shows.
  file.text.resize(file.stamp.size + 1);
  std::size_t size = 0;
  while (size < file.text.size()) {
    const ssize_t count = ::read(fd->get(), file.text.data() + size, file.text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot read", name);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  file.text.resize(size);
  struct stat after{};
  if (::fstat(fd->get(), &after) != 0) return failed("cannot look at", name);
  if (stamp_of(after) != file.stamp || size != file.stamp.size) {
    return fail(ErrorCode::conflict, "it changed while it was read");
  }
  return file;
}

Result<std::string> Folder::read_beneath(std::string_view path, std::size_t max) const {
  const auto slash = path.rfind('/');
  const bool nested = slash != std::string_view::npos;
  if (path.starts_with('/')) {
    return fail(ErrorCode::invalid, "the path must be relative to the vault");
  }
  const auto folder = sub(nested ? path.substr(0, slash) : std::string_view());
  if (!folder) return std::unexpected(folder.error());
  auto file = folder->read(nested ? path.substr(slash + 1) : path, max);
  if (!file) return std::unexpected(file.error());
  return std::move(file->text);
}

/// Of a name that nobody else uses: what is read now stays so, for who writes to it had it open.
Result<FileText> Folder::read_unshared(std::string_view name) const {
  Stamp stamp;
  const auto fd = open_regular(fd_.get(), name, stamp);
  if (!fd) return std::unexpected(fd.error());
  if (has_writers(fd->get())) return fail(ErrorCode::conflict, "it is being written");
  return read(name, file_bytes_max);
}

Result<std::string> Folder::write_temporary(std::string_view name, std::string_view bytes) const {
  std::string temporary = temporary_name(bytes, name);
  ::unlinkat(fd_.get(), temporary.c_str(), 0);
  const Descriptor fd(::openat(fd_.get(), temporary.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!fd) return failed("cannot create", temporary);
  auto written = write_all(fd.get(), bytes);
  if (written && ::fsync(fd.get()) != 0) written = failed("cannot sync", temporary);
  if (written) return temporary;
  ::unlinkat(fd_.get(), temporary.c_str(), 0);
  return std::unexpected(written.error());
}

Result<void> Folder::create(std::string_view name, std::string_view bytes) const {
  if (!is_name(name)) return fail(ErrorCode::invalid, "this is not a file name");
  const auto temporary = write_temporary(name, bytes);
  if (!temporary) return std::unexpected(temporary.error());
  if (auto moved = move(*temporary, *this, name); !moved) {
    ::unlinkat(fd_.get(), temporary->c_str(), 0);
    return moved;
  }
  return {};
}

Result<void> Folder::replace(std::string_view name, std::string_view bytes,
                             const FileText& seen) const {
  const auto now = stat(name);
  if (!now) return as_change(now.error());
  if (*now != seen.stamp) return fail(ErrorCode::conflict, "the file has changed");
  const auto temporary = write_temporary(name, bytes);
  if (!temporary) return std::unexpected(temporary.error());
  const std::string target(name);
  if (::renameat2(fd_.get(), temporary->c_str(), fd_.get(), target.c_str(), RENAME_EXCHANGE) != 0) {
    if (lacks_flags(errno) &&
        ::renameat(fd_.get(), temporary->c_str(), fd_.get(), target.c_str()) == 0) {
      return {};
    }
    auto error = as_change(failed("cannot replace", name).error());
    ::unlinkat(fd_.get(), temporary->c_str(), 0);
    return error;
  }
  const auto old = read_unshared(*temporary);
  if (!old || old->text != seen.text) return settle_exchange(name, *temporary, bytes);
  ::unlinkat(fd_.get(), temporary->c_str(), 0);
  return {};
}

/// What was swapped out is not what was read: it goes back, for it is the newer one of a person.
Result<void> Folder::settle_exchange(std::string_view name, const std::string& temporary,
                                     std::string_view bytes) const {
  const std::string target(name);
  const bool is_back =
      ::renameat2(fd_.get(), temporary.c_str(), fd_.get(), target.c_str(), RENAME_EXCHANGE) == 0;
  // Else ours was moved on by then: the person's newer one has no name to go back to.
  if (!is_back && errno != ENOENT) return failed("cannot put back", name);
  const auto left = read(temporary, file_bytes_max);
  if (is_back && left && left->text == bytes) {
    ::unlinkat(fd_.get(), temporary.c_str(), 0);
  } else if (auto kept = move(temporary, *this,
                              conflict_name(name, left ? left->text : std::string_view(temporary)));
             !kept && kept.error().code != ErrorCode::conflict) {
    return kept;
  }
  return fail(ErrorCode::conflict, "the file has changed");
}

Result<void> Folder::move(std::string_view name, const Folder& to, std::string_view new_name,
                          Sync when) const {
  if (!is_name(name) || !is_name(new_name)) {
    return fail(ErrorCode::invalid, "this is not a file name");
  }
  const std::string from(name);
  const std::string onto(new_name);
  int done = ::renameat2(fd_.get(), from.c_str(), to.fd_.get(), onto.c_str(), RENAME_NOREPLACE);
  if (done != 0 && lacks_flags(errno)) {
    done = ::linkat(fd_.get(), from.c_str(), to.fd_.get(), onto.c_str(), 0);
    if (done == 0) done = ::unlinkat(fd_.get(), from.c_str(), 0);
  }
  if (done != 0) return failed("cannot move", name);
  if (when == Sync::later) return {};
  if (auto synced = to.sync(); !synced) return synced;
  return sync();
}

/// Out of everyone's reach first: what is compared is what is removed.
Result<void> Folder::remove(std::string_view name, const FileText& seen) const {
  const std::string temporary = temporary_name(seen.text, name);
  ::unlinkat(fd_.get(), temporary.c_str(), 0);
  if (auto moved = move(name, *this, temporary); !moved) return as_change(moved.error());
  const auto now = read_unshared(temporary);
  if (now && now->text == seen.text) {
    if (::unlinkat(fd_.get(), temporary.c_str(), 0) != 0) return failed("cannot remove", name);
    return {};
  }
  auto back = move(temporary, *this, name);
  if (!back && back.error().code == ErrorCode::conflict) {
    back = move(temporary, *this, conflict_name(name, now ? now->text : seen.text));
  }
  if (!back) return back;
  return fail(ErrorCode::conflict, "the file has changed");
}

Result<void> Folder::sync() const {
  if (::fsync(fd_.get()) != 0) return failed("cannot sync", "folder");
  return {};
}

}  // namespace nightshift::bridges::vault
