// Deadlines: fires what has come due, by rows of the log. Keeps only the next ones in memory.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "messages/record.pb.h"
#include "runtime/clock.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// Thread-safe. A deadline fires once per start of the node, however late; the entity that owns it
/// decides whether it still stands, and deletes the row of one that it refuses. After a long
/// standstill many are due at once: they fire in the order of their times, a window at a time.
class Deadlines {
 public:
  /// Must not call back. While `place` is held, the deadline counts as one that is being dealt
  /// with.
  using Fire = std::function<void(const storage::WorkKey& key, const WorkValue& why,
                                  std::shared_ptr<void> place)>;
  /// Something is due earlier than was known.
  using Wake = std::function<void()>;

  Deadlines(const storage::EventLog& log, const Clock& clock, Fire fire, Wake wake,
            std::size_t window_max = 1024);

  /// A row became durable, or its time has not come after all.
  void add(const storage::WorkKey& key, const WorkValue& why);
  /// The entity could not take it now (`no_space`, `conflict`): once more, after a while.
  void again(const storage::WorkKey& key, const WorkValue& why);
  /// Fires what is due. Returns how long until the next, or nothing if there is none.
  Result<std::optional<std::chrono::microseconds>> poll();

  std::uint64_t fired() const;
  /// Of those in memory.
  std::size_t waiting() const;

 private:
  /// Outlives the deadlines, for places that are given back late.
  struct Places {
    std::atomic<std::size_t> taken = 0;
    std::size_t places = 0;
    Wake wake;
  };

  Result<void> refill();
  bool has_more() const { return !complete_; }
  /// Null if none is free.
  std::shared_ptr<void> place();

  const storage::EventLog& log_;
  const Clock& clock_;
  Fire fire_;
  Wake wake_;
  const std::size_t window_max_;
  const std::shared_ptr<Places> places_;

  mutable std::mutex mutex_;
  /// All rows up to `horizon_` that have not fired, and nothing behind it.
  std::map<storage::WorkKey, WorkValue> window_;
  storage::WorkKey horizon_;
  bool complete_ = false;
  std::multimap<std::chrono::microseconds, std::pair<storage::WorkKey, WorkValue>> again_;
  std::uint64_t fired_ = 0;
};

}  // namespace nightshift::runtime::host
