// That something in the vault has changed, as the kernel tells it (inotify).
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "runtime/descriptor.hpp"

namespace nightshift::bridges::git {

/// A hint: what it misses, the next interval finds. Names that begin with a dot and `Outbox/` do
/// not count. Not thread-safe.
class VaultWatch {
 public:
  /// At most so many folders are watched; the others wait for the interval.
  static constexpr std::size_t folders_max = 4'096;

  explicit VaultWatch(std::filesystem::path vault);

  /// True if something has changed since the last time. Does not wait.
  bool take();
  /// Can be read when there is something to take; -1 where the system has no inotify.
  int descriptor() const { return inotify_.get(); }

 private:
  void watch(const std::filesystem::path& folder);
  bool hear(const void* event);

  const std::filesystem::path vault_;
  runtime::Descriptor inotify_;
  /// The folder of each watch.
  std::map<int, std::filesystem::path> folders_;
};

}  // namespace nightshift::bridges::git
