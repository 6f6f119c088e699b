// Checks whatever lies at a path: a journal, a backup, an export or an archive.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "storage/audit.hpp"

namespace nightshift::storage {

enum class Evidence { journal, backup, exported, archive };

struct Verified {
  Evidence what = Evidence::journal;
  AuditReport report;
};

/// The journal in `path`: a data folder, a backup, or the folder of a log. `not_found` where there
/// is none.
Result<std::filesystem::path> find_journal(const std::filesystem::path& path);

/// A journal may be in use meanwhile. `kept` is the text of a head that was saved before. Errors:
/// `not_found` where nothing of the sort lies there; `invalid` and `bad_signature` where `kept` is
/// no head; those of `open_rocks_for_reading`.
Result<Verified> verify_path(const std::filesystem::path& path,
                             const std::optional<std::string>& kept);

}  // namespace nightshift::storage
