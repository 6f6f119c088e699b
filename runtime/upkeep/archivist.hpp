// The part of a node that archives what is old: once a day, and when somebody asks.
#pragma once

#include <memory>
#include <mutex>

#include "runtime/calendar.hpp"
#include "runtime/clock.hpp"
#include "runtime/upkeep/retentions.hpp"
#include "runtime/upkeep/routine.hpp"

namespace nightshift::runtime::upkeep {

/// `[retention]` of the configuration.
struct RetentionPlan {
  /// Where archives go.
  std::filesystem::path folder;
  /// Zero: nothing is archived.
  std::chrono::seconds keep{};
  std::chrono::minutes at{180};
  /// Whose time of day it is.
  Zone zone = {};
};

struct ArchivistOptions {
  storage::EventLog& log;
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<Custody> custody;
  std::shared_ptr<Clock> clock;
  RetentionPlan plan;
  std::function<void(bool bad, std::string_view line)> report;
  std::function<void(std::string_view)> point;
};

/// What it says outlives its thread, which may be ended and started anew. A run that was missed
/// while the node was down is not made up for: the next one finds the same.
class Archivist final : public Retention {
 public:
  explicit Archivist(ArchivistOptions options);

  /// Its thread; a stop waits for what is under way, as far as that cannot be cut off.
  Routine& routine() { return routine_; }

  Result<void> begin() override;
  Result<Survey> plan() override;
  RetentionView view() const override;

 private:
  std::optional<std::chrono::microseconds> turn();
  void run_once();
  bool is_due();
  Result<void> is_wanted() const;
  RetentionSurroundings surroundings();

  const ArchivistOptions options_;
  mutable std::mutex mutex_;
  RetentionView view_;
  /// The last: its thread uses the others.
  Routine routine_;
};

}  // namespace nightshift::runtime::upkeep
