// Merges two sequences of rows.
#include "storage/entries.hpp"

namespace nightshift::storage {

Result<void> scan_entries(const EventLog& log, std::uint64_t from, std::uint64_t until,
                          const EntryVisitor& visit) {
  std::vector<Leaf> leaves;
  const auto read = log.scan_leaves(from, [&](const Leaf& leaf) {
    if (leaf.offset < until) leaves.push_back(leaf);
    return leaf.offset < until;
  });
  if (!read) return read;
  auto leaf = leaves.begin();
  bool more = true;
  const auto give_leaves_below = [&](std::uint64_t end) {
    for (; more && leaf != leaves.end() && leaf->offset < end; ++leaf)
      more = visit({leaf->offset, nullptr, leaf->digest});
  };
  const auto scanned = log.scan_log(from, [&](const StoredRecord& record) {
    if (record.offset >= until) return false;
    give_leaves_below(record.offset);
    more = more && visit({record.offset, &record, {}});
    return more;
  });
  if (!scanned) return scanned;
  give_leaves_below(until);
  return {};
}

}  // namespace nightshift::storage
