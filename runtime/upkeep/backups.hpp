// Backups as edges see them: what there is, what is under way, and the wish for another one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/time.hpp"

namespace nightshift::runtime::upkeep {

/// What came of restoring a backup into a scratch folder.
struct Rehearsal {
  Time at{};
  /// What was wrong; empty if it passed.
  std::string error;
};

struct Backup {
  std::filesystem::path path;
  /// Name of the node that was saved.
  std::string node;
  Time made_at{};
  /// Text of the journal's head (docs/formats/journal.md), and what it says.
  std::string head;
  std::string log_id;
  std::uint64_t offset = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  /// Nothing if it was never rehearsed.
  std::optional<Rehearsal> rehearsal;
};

/// A backup that was asked for, or was due.
struct BackupRun {
  enum class State : std::uint8_t { running, done, failed };
  std::filesystem::path path;
  State state = State::running;
  /// Why it failed.
  Error error;
};

struct BackupsView {
  /// Where scheduled ones go; empty where none are.
  std::filesystem::path folder;
  std::optional<Time> next_at;
  /// The newest run of each sort.
  std::optional<BackupRun> asked;
  std::optional<BackupRun> scheduled;
  /// Those in `folder`, newest first.
  std::vector<Backup> items;
  /// Since the node started.
  std::uint64_t made = 0;
  std::uint64_t failed = 0;
  std::uint64_t rehearsals_failed = 0;
};

/// Thread-safe.
class Backups {
 public:
  virtual ~Backups() = default;
  /// Begins a backup into `target`, an absolute path, and returns; `view().asked` says what becomes
  /// of it. A repeat while it runs changes nothing. Errors: `invalid`; `overloaded` while another
  /// one runs.
  virtual Result<void> begin(const std::filesystem::path& target) = 0;
  virtual BackupsView view() const = 0;
};

}  // namespace nightshift::runtime::upkeep
