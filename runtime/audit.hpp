// Is a journal what was written? For who may not know storage: the command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/crypto.hpp"
#include "messages/error.hpp"
#include "messages/time.hpp"

namespace nightshift::runtime {

/// The head of a chain in its text form (docs/formats/journal.md), and what it says.
struct Head {
  std::string text;
  std::string log_id;
  std::uint64_t offset = 0;
  Time written_at{};
};

struct Finding {
  std::uint64_t offset = 0;
  std::string what;
};

struct Audit {
  /// `journal`, `backup`, `export` or `archive`.
  std::string_view what;
  Head head;
  std::uint64_t records = 0;
  std::uint64_t batches = 0;
  /// Of the records, those that are there as leaves alone: they lie in archives.
  std::uint64_t withheld = 0;
  /// For an archive, the offset behind which it begins.
  std::optional<std::uint64_t> part_behind;
  /// Empty if it is whole.
  std::vector<Finding> findings;
};

/// The journal in `path`: a data folder, a backup, or the folder of a log. `not_found` where there
/// is none.
Result<std::filesystem::path> find_journal(const std::filesystem::path& path);

/// Beside a running node, like all of these. With a key the text has its signature on a second
/// line. Errors as `storage::open_rocks_for_reading`.
Result<Head> audit_head(const std::filesystem::path& journal, const SigningKey* key);

/// Of an export, a backup, a data folder or a journal. `kept` is the text of a head that was saved
/// before; `invalid` where it is none, `bad_signature` where it was changed.
Result<Audit> audit(const std::filesystem::path& path, const std::optional<std::string>& kept);

/// Writes the whole journal to a file, for its owner alone, as docs/formats/export.md has it;
/// returns its head. Errors: `invalid` where there is such a file; `no_space`, `io`: nothing is
/// left then.
Result<Head> audit_export(const std::filesystem::path& journal, const std::filesystem::path& file);

}  // namespace nightshift::runtime
