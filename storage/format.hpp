// What makes a store a journal: its first rows, its format's version, the count of its starts.
#pragma once

#include <span>

#include "storage/reader.hpp"

namespace nightshift::storage {

/// The layout of rows that this program writes: docs/formats/journal.md.
inline constexpr std::uint64_t format_version = 1;

/// Lifts a journal from version `from` to the next. `run` may be cut off at any point, and is then
/// run again on what it left.
struct Migration {
  std::uint64_t from = 0;
  Result<void> (*run)(Store& store) = nullptr;
};

/// Every step that this program knows, in order.
std::span<const Migration> migrations();

/// Makes an empty log.
Result<void> create_log(Store& store, const Identity& identity);
/// Brings the rows to `version` by `steps`. Errors: `newer_version`; `corrupt` where no step leads
/// on or the store is no journal; those of a step.
Result<void> migrate(Store& store, std::uint64_t version, std::span<const Migration> steps);
/// Counts a start. `not_found` if there is no log.
Result<LogStart> start_log(Store& store);

}  // namespace nightshift::storage
