// What changes in the folders of the vault, as the kernel tells it (inotify).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bridges/vault/files.hpp"

namespace nightshift::bridges::vault {

/// What is to be looked at again.
struct News {
  /// A file that got another name or folder in one step, as the kernel saw it; without `to`, one
  /// that came to or left the path `from` alone, so that what moved there before says nothing.
  struct Rename {
    std::string from;
    std::string to;
  };

  /// More than could be told: the queue overflowed, or a folder came, went or was moved.
  bool everything = false;
  /// Paths relative to the vault.
  std::set<std::string> files;
  /// Some renames may not be told.
  bool lost = false;
  /// In their order. What is not told here may have happened all the same.
  std::vector<Rename> renames;
};

/// A hint, never the truth: what it tells is looked at, and what it misses a rescan finds. Not
/// thread-safe.
class Watcher {
 public:
  /// `io` where the system has no inotify, or not for one more.
  static Result<std::unique_ptr<Watcher>> open();

  /// Watches these folders (relative to the vault; "" is the vault itself) and no others. `io`
  /// where the system has no room for so many; `too_large` over `most`.
  Result<void> watch(const Folder& root, const std::vector<std::string>& folders, std::size_t most);

  /// All that was told since the last time. Does not wait.
  News take();

  /// Can be read when there is something to take.
  int descriptor() const { return inotify_.get(); }

 private:
  explicit Watcher(Descriptor inotify) : inotify_(std::move(inotify)) {}

  void hear(const void* event, News& news);
  void hear_rename(std::uint32_t mask, std::uint32_t cookie, const std::string& path, News& news);

  Descriptor inotify_;
  /// Folder of each watch.
  std::map<int, std::string> watches_;
  /// Where a file left from, by the cookie under which it is told where it arrives.
  std::map<std::uint32_t, std::string> leaving_;
};

}  // namespace nightshift::bridges::vault
