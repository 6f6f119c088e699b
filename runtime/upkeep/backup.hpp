// A data folder saved: docs/formats/backup.md.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/data_folder.hpp"
#include "runtime/upkeep/backups.hpp"

namespace nightshift::storage {
class FileLog;
}

namespace nightshift::runtime::upkeep {

/// Saves what a restore needs, while the node runs and writes; `log` is its journal. Everything
/// that was acknowledged before this was called is in it. Errors: `invalid` where `target` is there
/// already or lies in the data folder; `no_space`, `io`: nothing is left then.
Result<Backup> make_backup(const DataFolder& folder, const storage::FileLog& log,
                           const std::filesystem::path& target, Time now);
/// The same without a node; `locked` where one runs.
Result<Backup> make_backup_offline(const DataFolder& folder, const std::filesystem::path& target,
                                   Time now);

/// What a backup says of itself; its files are not looked at. Errors: `not_found`, `corrupt`.
Result<Backup> read_backup(const std::filesystem::path& path);
/// Those right below `folder`, newest first; what cannot be read is passed over.
std::vector<Backup> list_backups(const std::filesystem::path& folder);

/// Keeps beside a backup what came of its rehearsal.
Result<void> write_rehearsal(const std::filesystem::path& backup, const Rehearsal& rehearsal);

}  // namespace nightshift::runtime::upkeep
