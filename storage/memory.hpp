// The journal in memory: for tests, simulation and replay. Same rules, same chain, no files.
#pragma once

#include <memory>

#include "storage/event_log.hpp"

namespace nightshift::storage {

/// Deterministic: nothing happens until `pump` is called, on the caller's thread.
class MemoryLog : public EventLog {
 public:
  /// Processes at most `count` queued requests as one batch and runs their completions.
  /// Returns how many it processed.
  virtual std::size_t pump(std::size_t count = SIZE_MAX) = 0;
  /// The next batch fails: everything outstanding is answered `unavailable`, the log stops.
  /// With `landed` the batch is kept (the outcome was a commit), else dropped.
  virtual void fail_next(bool landed) = 0;
  /// What a reader would find after a crash now: durable rows only, a new boot epoch.
  virtual std::unique_ptr<MemoryLog> reopen() const = 0;
};

std::unique_ptr<MemoryLog> open_memory(Identity identity, std::function<Time()> now);

}  // namespace nightshift::storage
