// The seam of the journal: one log per node, written by one writer, read by many.
// Forms: storage/rocks (files), storage/memory (tests, simulation, replay), storage/faulty (tests).
// Formats: docs/formats/journal.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/crypto.hpp"
#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "messages/record.pb.h"
#include "messages/time.hpp"

namespace nightshift::storage {

/// One record to append: the serialised `Record`, its salt and its leaf (computed by the entity).
struct NewRecord {
  std::string bytes;
  Salt salt;
  /// `leaf_of(salt, bytes)`.
  Digest leaf;
};

/// SHA-256 over salt and stored bytes; no offset, no written time.
Digest leaf_of(const Salt& salt, std::string_view bytes);

/// Values of indexed fields of one entity; `status` is always among them. Sorted by field.
using IndexValues = std::vector<std::pair<std::string, std::string>>;

/// The last two are how far Tells have come: to a target, and from a source.
enum class WorkKind : std::uint8_t { effect = 1, deadline = 2, tell = 3, told = 4, heard = 5 };

/// Open work of one entity. A deadline's `due` orders its rows; it is zero for the others.
struct WorkKey {
  WorkKind kind = WorkKind::effect;
  Time due{};
  EntityRef entity;
  std::string name;

  auto operator<=>(const WorkKey&) const = default;
};

struct WorkChange {
  WorkKey key;
  /// Nothing deletes the row.
  std::optional<std::string> value;
};

struct WorkRow {
  WorkKey key;
  std::string value;
};

/// What is remembered of an accepted command, for 7 days from `at`.
struct CommandEntry {
  std::string principal;
  std::string key;
  Digest request_hash{};
  Time at{};
  /// The entity's sequence after the command: the first answer is computed from the records.
  std::uint64_t sequence = 0;
  /// True if the command created the entity.
  bool created = false;
};

/// A record of which the log keeps the leaf alone.
struct Leaf {
  std::uint64_t offset = 0;
  Digest digest{};

  bool operator==(const Leaf&) const = default;
};

/// A stream that goes to an archive.
struct ArchivedStream {
  EntityRef entity;
  /// From `open`, and what it answered: nobody else may have written since.
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  /// Of its records, in their order.
  std::vector<Leaf> leaves;
  /// The values in its index rows.
  IndexValues index;
};

/// Streams whose records lie in an archive, durably: the log keeps their leaves, forgets their
/// other rows, and says where they are.
struct Archival {
  Tombstone tombstone;
  std::vector<ArchivedStream> streams;
};

/// Everything that one decision writes, in one batch or not at all. Without records it is a
/// barrier: it completes when all that stands before it in the queue is durable.
struct Append {
  EntityRef entity;
  /// The entity's sequence that the decision was made on.
  std::uint64_t expected = 0;
  /// From `open`.
  std::uint64_t epoch = 0;
  std::vector<NewRecord> records;
  /// The new state row (serialised `StateRow` without `offset`, which the log keeps beside it);
  /// nothing leaves the stored one: large states are written every so many bytes.
  std::optional<std::string> state;
  /// Index values before and after; rows are written only where they differ.
  std::shared_ptr<const IndexValues> index_before;
  std::shared_ptr<const IndexValues> index_after;
  std::vector<WorkChange> work;
  std::optional<CommandEntry> command;
  /// Written only if every stream is as it was opened.
  std::shared_ptr<const Archival> archival;
};

/// What an entity's records make of its derived rows.
struct DerivedRows {
  std::string id;
  IndexValues index;
  /// A new state row, and the offset of the last record in it; nothing leaves the stored one.
  std::optional<std::string> state;
  std::uint64_t offset = 0;
};

/// One step of making the derived rows of a kind anew, in one batch or not at all.
struct Rederivation {
  std::string kind;
  /// First deletes every index row of the kind.
  bool forget_index = false;
  std::vector<DerivedRows> entities;
  std::vector<WorkChange> work;
  /// How far this is; kept with the rows, the host's own bytes.
  std::string mark;
};

/// Where an append landed. For a barrier, the durable head.
struct Committed {
  /// Offset of the last record written.
  std::uint64_t offset = 0;
  /// The batch's written time.
  Time written_at{};
};

/// Runs on a thread of the log, one at a time, in the order of submission; must not block.
/// Errors: `conflict` (sequence or epoch: nothing written, the entity must open again),
/// `no_space` (nothing written), `unavailable` (outcome unknown: the log has stopped).
using Completion = std::move_only_function<void(Result<Committed>)>;

/// An entity as it was when all that stood before its opening was durable.
struct Opened {
  /// 0 if it does not exist.
  std::uint64_t sequence = 0;
  std::uint64_t epoch = 0;
  /// The state row, if there is one; may be older than `sequence`: fold the tail.
  std::optional<std::string> state;
  /// Its records went to an archive: it must not begin anew.
  std::optional<Tombstone> archived;
};

using OpenCompletion = std::move_only_function<void(Result<Opened>)>;

/// A record as read: `bytes` is the serialised `Record`.
struct StoredRecord {
  std::uint64_t offset = 0;
  Time written_at{};
  Salt salt{};
  std::string bytes;
};

/// Return false to stop.
using RecordVisitor = std::function<bool(const StoredRecord&)>;
using LeafVisitor = std::function<bool(const Leaf&)>;
using WorkVisitor = std::function<bool(const WorkRow&)>;
/// Entity id and state row.
using StateVisitor = std::function<bool(std::string_view id, std::string_view state)>;

/// The chain's newest batch: what `audit head` prints and a verifier keeps.
struct ChainHead {
  std::string log_id;
  /// Offset of the last record; 0 for an empty log.
  std::uint64_t offset = 0;
  Digest head{};
  Time written_at{};
};

/// One batch of the chain: `head` covers the previous head, `first_offset`, `written_at` and the
/// leaves of its records.
struct Batch {
  std::uint64_t first_offset = 0;
  std::uint64_t count = 0;
  Time written_at{};
  Digest head{};
};

using BatchVisitor = std::function<bool(const Batch&)>;

/// One row of the index of streams: which record is an entity's n-th.
struct Pointer {
  EntityRef entity;
  std::uint64_t sequence = 0;
  std::uint64_t offset = 0;
};

using PointerVisitor = std::function<bool(const Pointer&)>;

/// Where the chain begins, and where restores of a backup took it up again under another log id.
struct Lineage {
  /// The identity as it was stored when the log was made: the first head covers these bytes.
  std::string identity;
  /// Serialised `Restoration`s as stored, oldest first; each is covered by a head of its own.
  std::vector<std::string> restorations;
};

/// Counters for metrics and benchmarks.
struct LogStats {
  std::uint64_t records = 0;
  std::uint64_t batches = 0;
  std::uint64_t syncs = 0;
  std::uint64_t queued = 0;
  std::uint64_t bytes = 0;
  /// Appends are refused with `no_space` as things stand.
  bool full = false;
};

/// Thread-safe. Writing is asynchronous, reading is not and sees durable state only. Reads may
/// touch the disk: never on a scheduler thread of CAF for more than one row.
class EventLog {
 public:
  virtual ~EventLog() = default;

  // -- writing

  /// Fences whoever held the entity before: their appends are refused with `conflict`.
  virtual void open(const EntityRef& entity, OpenCompletion done) = 0;
  virtual void submit(Append append, Completion done) = 0;
  /// The holder of `epoch` lets go; later appends with it are refused.
  virtual void close(const EntityRef& entity, std::uint64_t epoch) = 0;
  /// Only as long as nobody has opened an entity since the log was opened; else `conflict`.
  virtual void rederive(Rederivation step, Completion done) = 0;

  // -- reading

  /// The log id and the signing key are those of the newest restore, if there was one.
  virtual const Identity& identity() const = 0;
  virtual const Lineage& lineage() const = 0;
  /// Counts the starts of the node on this log, from 1.
  virtual std::uint64_t boot_epoch() const = 0;
  virtual ChainHead head() const = 0;
  virtual LogStats stats() const = 0;

  /// The mark of the last step of the kind's rederivation; nothing if there never was one.
  virtual Result<std::optional<std::string>> derivation(std::string_view kind) const = 0;
  /// Nothing if the entity does not exist.
  virtual Result<std::optional<std::string>> state(const EntityRef& entity) const = 0;
  /// State rows of a kind in the order of ids, from the first id greater than `after`.
  virtual Result<void> scan_states(std::string_view kind, std::string_view after,
                                   const StateVisitor& visit) const = 0;
  /// Ids of a kind with this value of an indexed field, in order, greater than `after`.
  virtual Result<std::vector<std::string>> scan_index(std::string_view kind, std::string_view field,
                                                      std::string_view value,
                                                      std::string_view after,
                                                      std::size_t limit) const = 0;
  /// Nothing if it was not archived.
  virtual Result<std::optional<Tombstone>> archived(const EntityRef& entity) const = 0;
  /// Records from `from` on, in the order of offsets; those that were archived are passed over.
  virtual Result<void> scan_log(std::uint64_t from, const RecordVisitor& visit) const = 0;
  /// What is left of records that were archived, from `from` on, in the order of offsets.
  virtual Result<void> scan_leaves(std::uint64_t from, const LeafVisitor& visit) const = 0;
  /// Batches in the order of offsets, from the one that holds `from` on.
  virtual Result<void> scan_batches(std::uint64_t from, const BatchVisitor& visit) const = 0;
  /// Records of one entity from sequence `from` on.
  virtual Result<void> scan_entity(const EntityRef& entity, std::uint64_t from,
                                   const RecordVisitor& visit) const = 0;
  /// Pointers of all entities, in the order of kind, id, sequence. For audits.
  virtual Result<void> scan_pointers(const PointerVisitor& visit) const = 0;
  /// Rows of one kind of work from `from` on, in the order of keys (deadlines: by due time).
  virtual Result<void> scan_work(WorkKind kind, const WorkKey& from,
                                 const WorkVisitor& visit) const = 0;
  /// What is remembered of a command; nothing if it was never accepted or is forgotten.
  /// An entry older than 7 days at `now` may still be returned: the caller compares `at`.
  virtual Result<std::optional<CommandEntry>> find_command(const EntityRef& entity,
                                                           std::string_view principal,
                                                           std::string_view key,
                                                           Time now) const = 0;
};

}  // namespace nightshift::storage
