// Watches by inotify.
#include "bridges/process/file_watch.hpp"

#include <fnmatch.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace nightshift::bridges::process {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

FileWatch::FileWatch(const Paths& paths, const Paths& ignored, std::chrono::milliseconds quiet)
    : ignored_(ignored.begin(), ignored.end()),
      quiet_(quiet),
      notes_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  for (const auto& path : paths) add_all(path);
}

bool FileWatch::is_ignored(const std::string& path) const {
  return std::ranges::any_of(ignored_, [&path](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
  });
}

void FileWatch::add(const fs::path& path) {
  const int watch = ::inotify_add_watch(notes_.get(), path.c_str(), changes);
  if (watch >= 0) watched_[watch] = path;
}

void FileWatch::add_all(const fs::path& path) {
  std::error_code error;
  add(path);
  if (!fs::is_directory(path, error)) return;
  auto entry = fs::recursive_directory_iterator(
      path, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_directory(error) || entry->is_symlink(error)) continue;
    if (is_ignored(entry->path().string() + "/")) {
      entry.disable_recursion_pending();
    } else {
      add(entry->path());
    }
  }
}

void FileWatch::read_notes(std::chrono::microseconds now) {
  alignas(inotify_event) std::array<char, 16384> buffer;
  ssize_t count = 0;
  while ((count = ::read(notes_.get(), buffer.data(), buffer.size())) > 0) {
    for (ssize_t at = 0; at < count;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      at += static_cast<ssize_t>(sizeof event + event.len);
      const auto folder = watched_.find(event.wd);
      if (folder == watched_.end()) continue;
      const auto path = event.len > 0 ? folder->second / name : folder->second;
      if (is_ignored(path.string()) || is_ignored(path.string() + "/")) continue;
      if ((event.mask & IN_ISDIR) != 0 && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        add_all(path);
      }
      changed_ = path.string();
      due_at_ = now + quiet_;
    }
  }
}

std::string FileWatch::look(std::chrono::microseconds now) {
  read_notes(now);
  if (!due_at_ || now < *due_at_) return {};
  due_at_.reset();
  return changed_;
}

}  // namespace nightshift::bridges::process
