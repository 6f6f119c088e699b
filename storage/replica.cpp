// Rows of a log that is another node's.
#include "storage/replica.hpp"

#include <utility>

#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/format.hpp"
#include "storage/rocks_side.hpp"
#include "storage/rows.hpp"

namespace nightshift::storage {
namespace {

/// Not a kind of row that a journal has.
constexpr char note_row = 'n';

std::unexpected<Error> not_its(std::string what) {
  return fail(ErrorCode::corrupt, std::move(what));
}

/// What the next batch's digest covers, behind the restores that stand there.
Digest behind(const Lineage& lineage, std::uint64_t offset, const Digest& digest) {
  Digest head = digest;
  for (const auto& stored : lineage.restorations) {
    Restoration restoration;
    if (!restoration.ParseFromString(stored) || restoration.offset() != offset) continue;
    head = restored_head(stored);
  }
  return head;
}

Result<void> begin(Store& store, const Lineage& lineage) {
  Identity identity;
  if (!identity.ParseFromString(lineage.identity)) return not_its("its identity cannot be read");
  const auto rows = store.new_batch();
  rows->put(meta_key("format"), {view_of(big_endian(format_version))});
  rows->put(meta_key("identity"), {lineage.identity});
  rows->put(meta_key("boot"), {view_of(big_endian(std::uint64_t{1}))});
  Restorations restorations;
  for (const auto& stored : lineage.restorations) restorations.add_stored(stored);
  if (!lineage.restorations.empty()) {
    rows->put(meta_key("restorations"), {restorations.SerializeAsString()});
  }
  return store.write(*rows);
}

std::string note_key(std::string_view name) { return note_row + std::string(name); }

}  // namespace

ReplicaLog::ReplicaLog(std::unique_ptr<Store> store, LogStart start, Digest digest)
    : ReadableLog<EventLog>(*store, start),
      store_(std::move(store)),
      next_(start.head),
      next_digest_(digest),
      done_(start.head),
      digest_(digest),
      days_(start.days) {}

Result<std::unique_ptr<ReplicaLog>> ReplicaLog::open(const std::filesystem::path& path,
                                                     const std::optional<Lineage>& lineage) {
  auto store = open_side_store(path);
  if (!store) return std::unexpected(store.error());
  return open(std::move(*store), lineage);
}

Result<std::unique_ptr<ReplicaLog>> ReplicaLog::open(std::unique_ptr<Store> store,
                                                     const std::optional<Lineage>& lineage) {
  auto start = Reader(*store).start();
  if (!start) return std::unexpected(start.error());
  if (!*start) {
    if (!lineage) return fail(ErrorCode::not_found, "nothing of the log is here");
    if (auto begun = begin(*store, *lineage); !begun) return std::unexpected(begun.error());
    start = Reader(*store).start();
    if (!start) return std::unexpected(start.error());
  }
  const bool same = !lineage || (lineage->identity == (*start)->lineage.identity &&
                                 lineage->restorations == (*start)->lineage.restorations);
  if (!same) return not_its("it begins otherwise than it began before");
  auto digest = first_head((*start)->lineage.identity);
  if ((*start)->head.offset > 0) {
    const auto newest = store->last(keys_of(KeyKind::batch));
    if (!newest) return std::unexpected(newest.error());
    const auto batch = read_batch(1, (*newest)->second);
    if (!batch) return not_its("its last batch cannot be read");
    digest = batch->head;
  }
  return std::unique_ptr<ReplicaLog>(new ReplicaLog(std::move(store), std::move(**start), digest));
}

Result<void> ReplicaLog::take(const Batch& batch, const std::vector<ReplicaEntry>& entries) {
  if (batch.first_offset != next_.offset + 1 || batch.count == 0 || batch.count != entries.size()) {
    return not_its("record " + std::to_string(batch.first_offset) + " comes after record " +
                   std::to_string(next_.offset));
  }
  std::string leaves;
  for (const auto& entry : entries) leaves.append(as_bytes(entry.leaf));
  const auto before = behind(lineage(), next_.offset, next_digest_);
  if (next_head(before, batch.first_offset, batch.written_at, leaves) != batch.head) {
    return not_its("the records from " + std::to_string(batch.first_offset) +
                   " on do not hash to their head: the log was rewritten");
  }
  if (!rows_) rows_ = store_->new_batch();
  auto offset = batch.first_offset;
  for (const auto& entry : entries) {
    if (entry.withheld) {
      rows_->put(leaf_key(offset), {as_bytes(entry.leaf)});
    } else {
      rows_->put(record_key(offset),
                 {view_of(record_head(batch.written_at, entry.salt)), entry.bytes});
      rows_->put(pointer_key(entry.entity, entry.sequence), {view_of(big_endian(offset))});
    }
    ++offset;
  }
  rows_->put(batch_key(batch.first_offset), {batch_row(batch)});
  next_.offset = batch.first_offset + batch.count - 1;
  next_.written_at = batch.written_at;
  next_digest_ = batch.head;
  next_.head = behind(lineage(), next_.offset, next_digest_);
  return {};
}

void ReplicaLog::derive(const ReplicaRows& rows) {
  if (!rows_) rows_ = store_->new_batch();
  const auto& [kind, id] = rows.entity;
  for (const auto& [field, value] : rows.before) rows_->erase(index_key(kind, field, value, id));
  for (const auto& [field, value] : rows.after) rows_->put(index_key(kind, field, value, id), {});
  rows_->put(state_key(rows.entity), {rows.state, state_offset(rows.offset)});
}

Result<void> ReplicaLog::commit() {
  if (!rows_) return {};
  const auto rows = std::exchange(rows_, nullptr);
  if (auto written = store_->write(*rows); !written) {
    abandon();
    return written;
  }
  digest_ = next_digest_;
  done_ = next_;
  publish(next_, days_);
  return {};
}

void ReplicaLog::abandon() {
  rows_ = nullptr;
  next_ = done_;
  next_digest_ = digest_;
}

Result<std::optional<std::string>> ReplicaLog::note(std::string_view name) const {
  return store_->get(note_key(name));
}

Result<void> ReplicaLog::keep_note(std::string_view name, std::string_view text) {
  const auto rows = store_->new_batch();
  rows->put(note_key(name), {text});
  return store_->write(*rows);
}

void ReplicaLog::open(const EntityRef&, OpenCompletion done) {
  done(fail(ErrorCode::unavailable, "this log is another node's"));
}

void ReplicaLog::submit(Append, Completion done) {
  done(fail(ErrorCode::unavailable, "this log is another node's"));
}

void ReplicaLog::rederive(Rederivation, Completion done) {
  done(fail(ErrorCode::unavailable, "this log is another node's"));
}

Result<std::optional<Digest>> digest_at(const EventLog& log, std::uint64_t offset) {
  if (offset == 0) return first_head(log.lineage().identity);
  std::optional<Digest> found;
  auto scanned = log.scan_batches(offset, [&](const Batch& batch) {
    if (batch.first_offset + batch.count - 1 == offset) found = batch.head;
    return false;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return found;
}

}  // namespace nightshift::storage
