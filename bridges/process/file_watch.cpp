// Watches, and keeps up with what comes and goes.
#include "bridges/process/file_watch.hpp"

#include <fnmatch.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace nightshift::bridges::process {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t changes =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
constexpr std::uint32_t arrivals = IN_CREATE | IN_MOVED_TO;

std::unexpected<Error> cannot_watch(const fs::path& path, int error) {
  std::string why = std::strerror(error);
  if (error == ENOSPC) {
    why =
        "there are more folders than the kernel lets anybody watch; leave some out with "
        "watch_ignore, or raise fs.inotify.max_user_watches (sysctl)";
  } else if (error == EMFILE) {
    why = "so many things are watched already; raise fs.inotify.max_user_instances (sysctl)";
  } else if (error == ENOENT) {
    why = "there is no such folder; make it, or mend watch";
  }
  return fail(ErrorCode::config, path.string() + " cannot be watched: " + why, "watch");
}

bool begins_with(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

bool fits(const std::string& pattern, const std::string& text) {
  return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

std::string trimmed(std::string pattern) {
  if (pattern.starts_with("./")) pattern.erase(0, 2);
  if (pattern.ends_with("/**")) pattern.erase(pattern.size() - 3);
  if (pattern.size() > 1 && pattern.ends_with('/')) pattern.pop_back();
  return pattern;
}

}  // namespace

bool ignores(const std::string& text, const fs::path& root, const fs::path& path) {
  auto pattern = trimmed(text);
  const bool anywhere = pattern.starts_with("**/");
  if (anywhere) pattern.erase(0, 3);
  const bool is_name = !pattern.contains('/');
  fs::path whole = root, below;
  for (const auto& name : path.lexically_relative(root)) {
    if (name == ".") continue;
    whole /= name;
    below /= name;
    if (is_name && fits(pattern, name.string())) return true;
    if (fits(pattern, pattern.starts_with('/') ? whole.string() : below.string())) return true;
    if (anywhere && fits("*/" + pattern, below.string())) return true;
  }
  return false;
}

FileWatch::FileWatch(Wanted wanted)
    : wanted_(std::move(wanted)), notes_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  for (auto& path : wanted_.paths) {
    path = fs::path(path).lexically_normal().string();
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  }
}

Result<FileWatch> FileWatch::open(Wanted wanted) {
  FileWatch watch(std::move(wanted));
  for (std::size_t root = 0; root < watch.wanted_.paths.size(); ++root) {
    if (!watch.notes_) return cannot_watch(watch.wanted_.paths[root], EMFILE);
    if (auto added = watch.add_root(root); !added) return std::unexpected(added.error());
  }
  return watch;
}

Result<void> FileWatch::add(const Watched& watched) {
  const int watch = ::inotify_add_watch(notes_.get(), watched.folder.c_str(), changes);
  if (watch < 0) return cannot_watch(watched.folder, errno);
  const auto [begin, end] = watched_.equal_range(watch);
  const auto same = [&watched](const auto& entry) {
    const auto& there = entry.second;
    return there.folder == watched.folder && there.root == watched.root &&
           there.only == watched.only;
  };
  if (std::none_of(begin, end, same)) watched_.emplace(watch, watched);
  return {};
}

/// A file is watched by its folder: most editors put another file in its place. So is a folder,
/// since a deployment may do the same.
Result<void> FileWatch::add_root(std::size_t root) {
  const fs::path path = wanted_.paths[root];
  if (path.has_filename()) {
    if (auto added = add({path.parent_path(), root, path.filename().string()}); !added) {
      return added;
    }
  }
  std::error_code error;
  return fs::is_directory(path, error) ? add_all(path, root) : Result<void>();
}

Result<void> FileWatch::add_all(const fs::path& folder, std::size_t root) {
  if (auto added = add({folder, root, {}}); !added) return added;
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(
      folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    if (entry->is_symlink(gone) || !entry->is_directory(gone)) continue;
    if (is_ignored(entry->path(), root)) {
      entry.disable_recursion_pending();
      continue;
    }
    auto added = add({entry->path(), root, {}});
    // What has gone meanwhile, or may not be read, has nothing to tell.
    if (!added && fs::exists(entry->path(), gone) && ::access(entry->path().c_str(), R_OK) == 0) {
      return added;
    }
  }
  return {};
}

void FileWatch::forget(const fs::path& path) {
  std::erase_if(watched_, [&](const auto& entry) {
    const auto& [watch, watched] = entry;
    if (!watched.only.empty() || !begins_with(watched.folder, path)) return false;
    if (watched_.count(watch) == 1) ::inotify_rm_watch(notes_.get(), watch);
    return true;
  });
}

bool FileWatch::is_ignored(const fs::path& path, std::size_t root) const {
  const auto text = path.string();
  const auto is_own = [&text](const std::string& file) {
    return text == file || text.starts_with(file + ".");
  };
  return std::ranges::any_of(wanted_.own_files, is_own) ||
         std::ranges::any_of(wanted_.ignored, [&](const std::string& pattern) {
           return ignores(pattern, wanted_.paths[root], path);
         });
}

void FileWatch::read_notes(Moment now) {
  alignas(inotify_event) std::array<char, 16384> buffer;
  ssize_t count = 0;
  while ((count = ::read(notes_.get(), buffer.data(), buffer.size())) > 0) {
    for (ssize_t at = 0; at < count;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      at += static_cast<ssize_t>(sizeof event + event.len);
      take(event.wd, event.mask, event.len > 0 ? name : "", now);
    }
  }
}

void FileWatch::take(int watch, std::uint32_t what, const std::string& name, Moment now) {
  if ((what & IN_IGNORED) != 0) {
    watched_.erase(watch);
    return;
  }
  if ((what & IN_Q_OVERFLOW) != 0) {
    changed_ = "so much that the kernel has lost count";
    due_at_ = now + wanted_.quiet;
    return;
  }
  const auto [begin, end] = watched_.equal_range(watch);
  std::vector<Watched> told;
  for (auto entry = begin; entry != end; ++entry) told.push_back(entry->second);
  for (const auto& [folder, root, only] : told) {
    if (name.empty() || (!only.empty() && name != only)) continue;
    const auto path = folder / name;
    if (is_ignored(path, root)) continue;
    changed_ = path.string();
    due_at_ = now + wanted_.quiet;
    if (!only.empty() || (what & (IN_MOVED_FROM | IN_ISDIR)) != 0) forget(path);
    // Where that fails, the start that this change leads to says why.
    std::error_code error;
    if ((what & arrivals) == 0 || !fs::is_directory(path, error)) continue;
    if (only.empty() && fs::is_symlink(path, error)) continue;
    [[maybe_unused]] const auto added = add_all(path, root);
  }
}

std::string FileWatch::look(Moment now) {
  read_notes(now);
  if (!due_at_ || now < *due_at_) return {};
  due_at_.reset();
  return changed_;
}

}  // namespace nightshift::bridges::process
