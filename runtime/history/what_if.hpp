// The same history under another policy: every decision since a moment is made again by the kind
// itself, on the state that would have been, and compared with what was.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "runtime/catalog.hpp"
#include "runtime/history/policy.hpp"
#include "runtime/kernel/retrace.hpp"
#include "runtime/replay.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::history {

/// What was looked at, and what came of it.
struct Total {
  std::uint64_t entities = 0;
  std::uint64_t records = 0;
  /// Since the moment; dispatches among them.
  std::uint64_t decisions = 0;
  /// Entities with a finding other than `untold`.
  std::uint64_t different = 0;
  /// Decisions that cannot be told.
  std::uint64_t untold = 0;
  Amounts amounts;
  /// Kinds that do not say what their events were asked by, and were not looked at.
  std::vector<std::string> passed_over;
};

/// Reads beside a running node or without one. No executor is there, nothing is written.
/// Thread-safe.
class WhatIf {
 public:
  /// `journal` is the folder of a log. Errors as `storage::open_rocks_for_reading`.
  static Result<WhatIf> open(const std::filesystem::path& journal,
                             std::shared_ptr<const Catalog> catalog, kernel::Retraces retraces);
  WhatIf(std::shared_ptr<const storage::EventLog> log, std::shared_ptr<const Catalog> catalog,
         kernel::Retraces retraces);

  /// Shown each entity that differs or cannot be told, in the order of kinds and ids.
  using Visitor = std::function<void(const EntityDifference&)>;
  /// Told how far it is, every few thousand records.
  using Progress = std::function<void(const Total&)>;
  /// `since`: the first offset or the first time at which the policy holds. One entity is in memory
  /// at a time, however long its history.
  Result<Total> run(const Policy& policy, Moment since, const Visitor& visit,
                    const Progress& progress) const;

 private:
  class Run;

  std::shared_ptr<const storage::EventLog> log_;
  std::shared_ptr<const Catalog> catalog_;
  kernel::Retraces retraces_;
};

}  // namespace nightshift::runtime::history
