// A chain recomputed, batch by batch, from wherever its parts come: a journal, or an export of one.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "storage/audit.hpp"

namespace nightshift::storage {

/// An entity's stream: how long it is, and a hash over the offsets of its records in order.
struct Stream {
  std::uint64_t length = 0;
  std::uint64_t hash = 0;

  void add(std::uint64_t offset);
  bool operator==(const Stream&) const = default;
};

using Streams = std::unordered_map<EntityRef, Stream>;

/// Not thread-safe. What does not hold becomes a finding, a bounded number of them.
class ChainCheck {
 public:
  /// `kept` must be among the heads that come by.
  explicit ChainCheck(std::optional<SavedHead> kept) : kept_(std::move(kept)) {}

  /// From the beginning of a log: its identity as stored.
  void begin(std::string_view identity);

  /// Behind that: it is a part of a log; the serialised `Part`. What it withholds is not looked
  /// for.
  void part(std::string_view stored);

  /// Then, for each batch: this, its records in order, `end_batch`.
  void begin_batch(const Batch& batch);
  void record(const StoredRecord& record);
  /// In place of a record that is not there.
  void leaf(const Leaf& leaf);
  void end_batch();
  /// Where a log was restored; as stored.
  void restoration(std::string_view stored);

  /// Once, at the end.
  AuditReport finish();

  void note(std::uint64_t offset, std::string what);
  /// No more findings are taken.
  bool full() const;
  /// Of the last batch.
  const ChainHead& head() const { return report_.head; }
  const Streams& streams() const { return streams_; }
  /// Those of which the log says that they were archived.
  const std::vector<EntityRef>& archived() const { return entities_archived_; }

 private:
  void see_head();
  void count(const StoredRecord& stored);
  void note_archived(std::uint64_t offset);
  void check_withheld();
  void check_kept();
  bool is_outside(const ChainHead& kept) const;
  void check_signer();

  const std::optional<SavedHead> kept_;
  AuditReport report_;
  bool kept_seen_ = false;
  Batch batch_;
  /// Leaves of the present batch, so far.
  std::string leaves_;
  Record record_;
  Streams streams_;
  /// Offsets of records that are not there, and of those that are said to lie in archives.
  std::vector<std::uint64_t> withheld_;
  std::vector<std::uint64_t> archived_;
  std::vector<EntityRef> entities_archived_;
  /// The heads that restores found, and which key each log id names.
  std::vector<ChainHead> former_;
  std::unordered_map<std::string, std::string> keys_;
};

}  // namespace nightshift::storage
