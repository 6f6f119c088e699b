// Watches every folder of the vault, and those that appear.
#include "bridges/git/rounds/vault_watch.hpp"

#include <sys/inotify.h>

#include <array>

namespace nightshift::bridges::git {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t what = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                               IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;

}  // namespace

VaultWatch::VaultWatch(fs::path vault)
    : vault_(std::move(vault)), inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (inotify_) watch(vault_);
}

void VaultWatch::watch(const fs::path& folder) {
  if (folders_.size() >= folders_max) return;
  const int number = ::inotify_add_watch(inotify_.get(), folder.c_str(), what);
  if (number < 0) return;
  folders_[number] = folder;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    const bool is_folder = entry->symlink_status(error).type() == fs::file_type::directory;
    if (is_folder && !name.starts_with('.') && name != "Outbox") watch(entry->path());
  }
}

bool VaultWatch::hear(const void* told) {
  const auto& event = *static_cast<const inotify_event*>(told);
  if ((event.mask & IN_Q_OVERFLOW) != 0) return true;
  if ((event.mask & IN_IGNORED) != 0) {
    folders_.erase(event.wd);
    return false;
  }
  const std::string name(event.len > 0 ? event.name : "");
  if (name.starts_with('.')) return false;
  const auto folder = folders_.find(event.wd);
  if ((event.mask & IN_ISDIR) != 0) {
    const bool came = (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
    if (came && folder != folders_.end() && name != "Outbox") watch(folder->second / name);
    return came;
  }
  return true;
}

bool VaultWatch::take() {
  if (!inotify_) return false;
  bool changed = false;
  alignas(inotify_event) std::array<char, 16'384> buffer;
  while (true) {
    const auto size = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (size <= 0) break;
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      changed = hear(at) || changed;
      at += sizeof(inotify_event) + reinterpret_cast<const inotify_event*>(at)->len;
    }
  }
  return changed;
}

}  // namespace nightshift::bridges::git
