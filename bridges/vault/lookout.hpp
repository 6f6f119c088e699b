// When to look at what: news of the kernel where there is inotify, the clock where there is none.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/watcher.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class Lookout {
 public:
  using Moment = std::chrono::microseconds;
  struct Options {
    std::size_t watches_max = 64;
    /// Everything is looked at so often, watched or not.
    std::chrono::milliseconds every{60'000};
    std::chrono::milliseconds every_unwatched{1'000};
  };

  Lookout(const Folder& root, const runtime::Clock& clock, ErrorsLog& errors, Options options)
      : root_(root), clock_(clock), errors_(errors), options_(options) {}

  /// What is to be looked at now. Folders are watched before they are looked at: what changes in
  /// between is told.
  News take();
  /// Everything must be looked at once more, before long.
  void look_again();
  /// The vault is away: from here on nothing is known.
  void lose_sight();

  /// When everything is due at the latest.
  Moment next() const;
  /// Can be read when there is news; -1 where the kernel tells none.
  int descriptor() const { return watcher_ ? watcher_->descriptor() : -1; }

 private:
  void watch();

  const Folder& root_;
  const runtime::Clock& clock_;
  ErrorsLog& errors_;
  const Options options_;
  std::unique_ptr<Watcher> watcher_;
  /// When everything was looked at last.
  std::optional<Moment> looked_at_;
  bool again_ = false;
};

}  // namespace nightshift::bridges::vault
