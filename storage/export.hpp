// A journal as one file that can be given away and checked without a node: docs/formats/export.md.
#pragma once

#include <iosfwd>

#include "storage/audit.hpp"

namespace nightshift::storage {

/// How much an export holds.
struct Exported {
  ChainHead head;
  std::uint64_t records = 0;
  std::uint64_t batches = 0;
};

/// Writes the whole log as it is now. A full or broken stream shows by its own state.
Result<Exported> write_export(const EventLog& log, std::ostream& out);

/// True if the bytes at the front of a file are those of an export.
bool is_export(std::string_view front);

/// Checks every byte of an export as `verify` checks a log. What cannot be read any further is a
/// finding, too.
AuditReport verify_export(std::istream& in, const std::optional<SavedHead>& kept);

}  // namespace nightshift::storage
