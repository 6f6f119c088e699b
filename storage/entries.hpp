// Records, and the leaves of those that were archived, as one sequence.
#pragma once

#include "storage/event_log.hpp"

namespace nightshift::storage {

struct Entry {
  std::uint64_t offset = 0;
  /// Null where the log keeps the leaf alone.
  const StoredRecord* record = nullptr;
  Digest leaf{};
};

/// Return false to stop.
using EntryVisitor = std::function<bool(const Entry&)>;

/// Entries from `from` on, below `until`, in the order of offsets. The leaf is filled in only where
/// there is no record. Where a damaged log has both of one offset, both come. Nothing may be
/// archived meanwhile. Holds the leaves of the span.
Result<void> scan_entries(const EventLog& log, std::uint64_t from, std::uint64_t until,
                          const EntryVisitor& visit);

/// Entries of a span that is gone through at once.
inline constexpr std::uint64_t span_entries_max = 1 << 16;

}  // namespace nightshift::storage
