// inotify, one watch per folder.
#include "bridges/vault/watcher.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace nightshift::bridges::vault {
namespace {

constexpr std::uint32_t in_files =
    IN_CREATE | IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB;
constexpr std::uint32_t of_the_folder = IN_DELETE_SELF | IN_MOVE_SELF;
/// More names than these are not worth telling one by one.
constexpr std::size_t files_max = 4'096;
/// More than these are on their way at once only where nobody tells of their arrival.
constexpr std::size_t leaving_max = 256;

}  // namespace

Result<std::unique_ptr<Watcher>> Watcher::open() {
  Descriptor inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify) return std::unexpected(system_error("inotify is not available", errno));
  return std::unique_ptr<Watcher>(new Watcher(std::move(inotify)));
}

Result<void> Watcher::watch(const Folder& root, const std::vector<std::string>& folders,
                            std::size_t most) {
  if (folders.size() > most) {
    return fail(ErrorCode::too_large, std::to_string(folders.size()) +
                                          " folders are to be watched, " + std::to_string(most) +
                                          " may be");
  }
  std::map<int, std::string> now;
  for (const auto& path : folders) {
    const auto folder = root.sub(path);
    // What is not there is told by the folder above it when it comes.
    if (!folder) continue;
    // By its descriptor: a name could be exchanged for a link meanwhile.
    const std::string opened = "/proc/self/fd/" + std::to_string(folder->descriptor());
    const int watch =
        ::inotify_add_watch(inotify_.get(), opened.c_str(), in_files | of_the_folder | IN_ONLYDIR);
    if (watch < 0) {
      return std::unexpected(
          system_error(errno == ENOSPC ? "there is no watch left (fs.inotify.max_user_watches)"
                                       : "inotify refuses a folder",
                       errno));
    }
    now[watch] = path;
  }
  for (const auto& [watch, path] : watches_) {
    if (!now.contains(watch)) ::inotify_rm_watch(inotify_.get(), watch);
  }
  watches_ = std::move(now);
  return {};
}

News Watcher::take() {
  News news;
  alignas(inotify_event) std::array<char, 16'384> buffer;
  for (;;) {
    const ssize_t size = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    for (ssize_t at = 0; at < size;) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      hear(buffer.data() + at, news);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
  if (news.everything) news.files.clear();
  return news;
}

void Watcher::hear(const void* bytes, News& news) {
  inotify_event event;
  std::memcpy(&event, bytes, sizeof event);
  if ((event.mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0) {
    news.everything = true;
    news.lost = true;
    return;
  }
  // Of a watch that was given up.
  const auto watch = watches_.find(event.wd);
  if (watch == watches_.end()) return;
  if ((event.mask & (of_the_folder | IN_IGNORED)) != 0) {
    news.everything = true;
    if ((event.mask & IN_IGNORED) != 0) watches_.erase(watch);
    return;
  }
  if (event.len == 0) return;
  const std::string name(static_cast<const char*>(bytes) + sizeof event);
  if (name.starts_with('.')) return;
  // Only its coming and going counts: what happens inside is told by a watch of its own.
  constexpr std::uint32_t comes_or_goes = IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE;
  if ((event.mask & IN_ISDIR) != 0) {
    if ((event.mask & comes_or_goes) != 0) news.everything = true;
    return;
  }
  const std::string path = watch->second.empty() ? name : watch->second + "/" + name;
  hear_rename(event.mask, event.cookie, path, news);
  if (news.files.size() >= files_max) news.everything = true;
  if (!news.everything) news.files.insert(path);
}

void Watcher::hear_rename(std::uint32_t mask, std::uint32_t cookie, const std::string& path,
                          News& news) {
  constexpr std::uint32_t comes_or_goes = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
  if ((mask & comes_or_goes) == 0) return;
  if (news.renames.size() >= files_max) {
    news.lost = true;
    return;
  }
  const auto left = leaving_.find(cookie);
  if ((mask & IN_MOVED_TO) != 0 && left != leaving_.end()) {
    news.renames.push_back({.from = left->second, .to = path});
    leaving_.erase(left);
    return;
  }
  news.renames.push_back({.from = path, .to = {}});
  if ((mask & IN_MOVED_FROM) == 0) return;
  if (leaving_.size() >= leaving_max) leaving_.clear();
  leaving_[cookie] = path;
}

}  // namespace nightshift::bridges::vault
