// A journal as one file that can be given away and checked without a node: docs/formats/export.md.
#pragma once

#include <iosfwd>

#include "storage/audit.hpp"

namespace nightshift::storage {

/// How much an export holds.
struct Exported {
  ChainHead head;
  /// Those of which it holds the leaf alone included.
  std::uint64_t records = 0;
  std::uint64_t batches = 0;
};

/// Writes the whole log as it is now; of what was archived before, the leaves. A full or broken
/// stream shows by its own state. Nothing may be archived meanwhile.
Result<Exported> write_export(const EventLog& log, std::ostream& out);

/// Writes the part of the log that holds these records, from the first batch with one to the last;
/// of all others in it, the leaves. `offsets` are sorted, and not none.
Result<Exported> write_archive(const EventLog& log, const std::vector<std::uint64_t>& offsets,
                               std::ostream& out);

/// True if the bytes at the front of a file are those of an export.
bool is_export(std::string_view front);

/// Checks every byte of an export as `verify` checks a log. What cannot be read any further is a
/// finding, too. `visit` is called for every record in it, also where it is not whole: what it
/// showed counts only once there are no findings.
AuditReport verify_export(std::istream& in, const std::optional<SavedHead>& kept,
                          const std::function<void(const StoredRecord&)>& visit = {});

}  // namespace nightshift::storage
