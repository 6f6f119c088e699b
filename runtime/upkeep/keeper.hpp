// The part of a node that makes backups: those that are asked for, and one a day.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "runtime/calendar.hpp"
#include "runtime/catalog.hpp"
#include "runtime/clock.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/upkeep/backups.hpp"
#include "runtime/upkeep/routine.hpp"

namespace nightshift::storage {
class FileLog;
}

namespace nightshift::runtime::upkeep {

/// `[backup]` of the configuration.
struct BackupPlan {
  /// Where they go; empty: none are made but on request.
  std::filesystem::path folder;
  std::chrono::minutes at{120};
  /// The newest so many stay.
  std::size_t keep = 7;
  /// Whose time of day it is.
  Zone zone = {};
};

struct KeeperOptions {
  DataFolder folder;
  const storage::FileLog& log;
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<Clock> clock;
  BackupPlan plan;
  /// One line for the operator's log; `bad` where somebody should do something. Any thread.
  std::function<void(bool bad, std::string_view line)> report;
};

/// A scheduled backup that was missed while the node was down is made up for at once, one that
/// failed is tried again after an hour. Each is restored and replayed for a rehearsal; those that
/// passed are removed for newer ones that passed, never for others. What it says outlives its
/// thread, which may be ended and started anew.
class BackupKeeper final : public Backups {
 public:
  explicit BackupKeeper(KeeperOptions options);

  /// Its thread; a stop waits for what is under way, as far as that cannot be cut off.
  Routine& routine() { return routine_; }

  Result<void> begin(const std::filesystem::path& target) override;
  BackupsView view() const override;

 private:
  std::optional<std::chrono::microseconds> turn();
  bool run_asked();
  bool run_scheduled();
  Result<void> make_scheduled(const std::filesystem::path& target);
  void rehearse(const std::filesystem::path& target);
  void prune();
  void remove_leftovers();
  Time due() const;
  void finish(std::optional<BackupRun>& run, const Result<void>& result);

  const KeeperOptions options_;
  mutable std::mutex mutex_;
  BackupsView view_;
  /// When the newest scheduled one was begun, and whether it failed.
  std::optional<Time> tried_at_;
  /// The last: its thread uses the others.
  Routine routine_;
};

}  // namespace nightshift::runtime::upkeep
