// Is a journal what was written? For who may not know storage: the command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  Head head;
  std::uint64_t records = 0;
  std::uint64_t batches = 0;
  /// Empty if the journal is whole.
  std::vector<Finding> findings;
};

/// The journal in `path`: a data folder, or the folder of a log. `not_found` where there is
/// neither.
Result<std::filesystem::path> find_journal(const std::filesystem::path& path);

/// Both read beside a running node. Errors as `storage::open_rocks_for_reading`.
Result<Head> audit_head(const std::filesystem::path& journal);
/// `kept` is the text of a head that was saved before; `invalid` where it is none.
Result<Audit> audit(const std::filesystem::path& journal, const std::optional<std::string>& kept);

}  // namespace nightshift::runtime
