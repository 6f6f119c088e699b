// A file of ours, locked (flock), linked to the name that git takes for a lock.
#include "bridges/git/link_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace nightshift::bridges::git {
namespace {

namespace fs = std::filesystem;
using runtime::Descriptor;

constexpr std::string_view lock_end = ".lock";

/// A path as one name, and back.
std::string as_name(std::string_view path) {
  std::string name;
  for (const char c : path) {
    if (c == '/' || c == '%') {
      name += c == '/' ? "%s" : "%p";
    } else {
      name += c;
    }
  }
  return name;
}

std::string as_path(std::string_view name) {
  std::string path;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%' && i + 1 < name.size()) {
      path += name[++i] == 's' ? '/' : '%';
    } else {
      path += name[i];
    }
  }
  return path;
}

bool is_same_file(const fs::path& path, const struct stat& other) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 && found.st_dev == other.st_dev &&
         found.st_ino == other.st_ino;
}

void sync_folder(const fs::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened) ::fsync(opened.get());
}

/// The file of our own, locked: whoever finds it unlocked knows that its owner is dead.
Outcome<std::pair<fs::path, Descriptor>> make_own(const fs::path& folder, const std::string& name) {
  static std::atomic<std::uint64_t> counter = 0;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return std::unexpected(system_trouble("making " + folder.string(), error.value()));
  constexpr int tries = 8;
  for (int i = 0; i < tries; ++i) {
    const auto own = folder / (as_name(name) + "." + std::to_string(::getpid()) + "-" +
                               std::to_string(++counter));
    Descriptor file(::open(own.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file && errno == EEXIST) continue;
    if (!file) return std::unexpected(system_trouble("making " + own.string(), errno));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return std::pair{own, std::move(file)};
  }
  return trouble(TroubleKind::locked, "another process is clearing the locks of " + name);
}

}  // namespace

fs::path own_folder(const fs::path& git_folder) { return git_folder / "nightshift"; }

Outcome<LinkLock> LinkLock::take(const fs::path& git_folder, const std::string& name) {
  auto own = make_own(own_folder(git_folder) / "locks", name);
  if (!own) return std::unexpected(own.error());
  const auto target = git_folder / name;
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  const auto lock = target.string() + std::string(lock_end);
  if (::link(own->first.c_str(), lock.c_str()) == 0) {
    return LinkLock(std::move(own->first), target, std::move(own->second));
  }
  const int number = errno;
  ::unlink(own->first.c_str());
  if (number != EEXIST) return std::unexpected(system_trouble("making " + lock, number));
  return trouble(TroubleKind::locked,
                 lock +
                     " exists: git or an editor is at work here. If nothing is, remove that "
                     "file; until then nothing is committed or merged");
}

LinkLock::~LinkLock() {
  if (!file_) return;
  struct stat own{};
  const auto lock = target_.string() + std::string(lock_end);
  if (::fstat(file_.get(), &own) == 0 && is_same_file(lock, own)) ::unlink(lock.c_str());
  ::unlink(own_.c_str());
}

Outcome<void> LinkLock::replace(std::string_view bytes) {
  const auto lock = target_.string() + std::string(lock_end);
  if (!write_all(file_.get(), bytes) || ::fsync(file_.get()) != 0) {
    return std::unexpected(system_trouble("writing " + lock, errno));
  }
  if (::rename(lock.c_str(), target_.c_str()) != 0) {
    return std::unexpected(system_trouble("writing " + target_.string(), errno));
  }
  sync_folder(target_.parent_path());
  return {};  // the rest of the lock goes with us
}

void clear_dead_locks(const fs::path& git_folder) {
  const auto folder = own_folder(git_folder) / "locks";
  std::error_code error;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, error)) found.push_back(entry.path());
  for (const auto& own : found) {
    const Descriptor file(::open(own.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0) continue;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) continue;  // its owner lives
    const auto name = own.filename().string();
    const auto lock =
        git_folder / (as_path(name.substr(0, name.rfind('.'))) + std::string(lock_end));
    if (is_same_file(lock, status)) ::unlink(lock.c_str());
    ::unlink(own.c_str());
  }
}

void clear_old_packs(const fs::path& git_folder, fs::file_time_type before) {
  std::error_code error;
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(git_folder / "objects" / "pack", error)) {
    const bool is_half = entry.path().filename().string().starts_with("pack_git2_");
    if (is_half && entry.last_write_time(error) < before && !error) old.push_back(entry.path());
  }
  for (const auto& path : old) fs::remove(path, error);
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Outcome<void> put_file(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const auto fresh = path.string() + ".new";
  {
    const Descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file || !write_all(file.get(), bytes) || ::fsync(file.get()) != 0) {
      return std::unexpected(system_trouble("writing " + fresh, errno));
    }
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    return std::unexpected(system_trouble("writing " + path.string(), errno));
  }
  sync_folder(path.parent_path());
  return {};
}

std::optional<std::string> get_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace nightshift::bridges::git
