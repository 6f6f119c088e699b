// A backup as a data folder again: docs/formats/backup.md, docs/operations.md.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/upkeep/backups.hpp"

namespace nightshift::runtime::upkeep {

struct Restored {
  Backup backup;
  std::filesystem::path data;
  /// The log goes on under this id.
  std::string log_id;
  /// Text of the new head.
  std::string head;
  std::uint64_t records = 0;
  /// Entities with effects that were open, and may have happened since the backup was made: when
  /// the node runs and the receiver does not say that it has it, a person is asked.
  std::vector<std::string> doubtful;
  /// There are sealed secrets, whose master key is in no backup.
  bool has_secrets = false;
};

/// Makes `to` a data folder of what `from` holds. Every file is compared with its digest, the whole
/// chain is recomputed and must end at the head that the backup names. No node may use `to`.
/// Errors: `invalid` where `to` is not empty; `corrupt` where anything is not what was saved,
/// naming it; `no_space`, `io`. Nothing is left at `to` then.
Result<Restored> restore_backup(const std::filesystem::path& from, const std::filesystem::path& to,
                                Time now);

}  // namespace nightshift::runtime::upkeep
