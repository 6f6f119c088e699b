// Recomputes leaves and heads, counts streams, looks for the kept head.
#include "storage/chain_check.hpp"

#include <algorithm>

#include "messages/host.pb.h"
#include "storage/chain.hpp"

namespace nightshift::storage {
namespace {

constexpr std::size_t findings_max = 1000;

constexpr std::string_view archived_event = "host.Archived";

}  // namespace

void Stream::add(std::uint64_t offset) {
  ++length;
  hash = (hash ^ offset) * 0x9E3779B97F4A7C15u;
  hash ^= hash >> 32;
}

void ChainCheck::begin(std::string_view identity) {
  Identity first;
  if (!first.ParseFromArray(identity.data(), static_cast<int>(identity.size())))
    note(0, "the identity of the log cannot be read");
  report_.head = {first.log_id(), 0, first_head(identity), time_from_us(first.created_at_us())};
  keys_[first.log_id()] = first.signing_key();
  see_head();
}

void ChainCheck::part(std::string_view stored) {
  Part part;
  if (report_.batches > 0 || report_.part_behind)
    return note(report_.head.offset, "a part of a log begins where none may");
  if (!part.ParseFromArray(stored.data(), static_cast<int>(stored.size())) ||
      part.head().size() != report_.head.head.size())
    return note(0, "where the part of the log begins cannot be read");
  report_.part_behind = part.offset();
  report_.head.log_id = part.log_id();
  report_.head.offset = part.offset();
  std::ranges::copy(part.head(), reinterpret_cast<char*>(report_.head.head.data()));
  report_.head.written_at = time_from_us(part.written_at_us());
  keys_[part.log_id()] = part.signing_key();
  see_head();
}

void ChainCheck::begin_batch(const Batch& batch) {
  batch_ = batch;
  leaves_.clear();
  if (report_.batches > 0 && batch.written_at <= report_.head.written_at)
    note(batch.first_offset, "the batch is not written later than the one before");
}

void ChainCheck::record(const StoredRecord& record) {
  if (record.written_at != batch_.written_at)
    note(record.offset, "the record's written time is not that of its batch");
  leaves_.append(as_bytes(leaf_of(record.salt, record.bytes)));
  ++report_.records;
  count(record);
}

void ChainCheck::leaf(const Leaf& leaf) {
  leaves_.append(as_bytes(leaf.digest));
  ++report_.records;
  ++report_.withheld;
  if (!report_.part_behind) withheld_.push_back(leaf.offset);
}

void ChainCheck::count(const StoredRecord& stored) {
  if (!record_.ParseFromString(stored.bytes))
    return note(stored.offset, "the record cannot be read");
  auto& stream = streams_[{record_.kind(), record_.entity()}];
  const auto expected = stream.length + 1;
  if (record_.sequence() != expected)
    note(stored.offset, record_.kind() + "/" + record_.entity() + " counts " +
                            std::to_string(record_.sequence()) + " where " +
                            std::to_string(expected) + " comes next");
  stream.add(stored.offset);
  if (record_.type() == archived_event && !report_.part_behind) note_archived(stored.offset);
}

void ChainCheck::note_archived(std::uint64_t offset) {
  host::Archived archived;
  if (!archived.ParseFromString(record_.payload()))
    return note(offset, "what the record says of an archive cannot be read");
  for (const auto& stream : archived.streams()) {
    archived_.insert(archived_.end(), stream.offsets().begin(), stream.offsets().end());
    entities_archived_.push_back({archived.kind(), stream.id()});
  }
}

// Whoever takes a record out of the log leaves no record that says so.
void ChainCheck::check_withheld() {
  std::ranges::sort(archived_);
  for (const auto offset : withheld_)
    if (!std::ranges::binary_search(archived_, offset))
      note(offset, "record " + std::to_string(offset) +
                       " was taken out, and the log does not say that it was archived");
}

void ChainCheck::end_batch() {
  const auto head = next_head(report_.head.head, batch_.first_offset, batch_.written_at, leaves_);
  if (head != batch_.head)
    note(batch_.first_offset, "the batch of " + std::to_string(batch_.count) +
                                  " records from here on does not hash to its head: a record, "
                                  "its order or the batch before was changed");
  ++report_.batches;
  report_.head.offset = batch_.first_offset + batch_.count - 1;
  report_.head.head = batch_.head;
  report_.head.written_at = batch_.written_at;
  see_head();
}

void ChainCheck::restoration(std::string_view stored) {
  Restoration restoration;
  if (!restoration.ParseFromArray(stored.data(), static_cast<int>(stored.size())))
    return note(report_.head.offset, "a restore cannot be read");
  if (restoration.offset() != report_.head.offset)
    note(report_.head.offset, "a restore stands at a record where it was not made");
  if (restoration.head() != as_bytes(report_.head.head))
    note(report_.head.offset, "the restore here was of another log");
  former_.push_back(report_.head);
  keys_[restoration.log_id()] = restoration.signing_key();
  report_.head.log_id = restoration.log_id();
  report_.head.head = restored_head(stored);
  report_.head.written_at = time_from_us(restoration.restored_at_us());
  see_head();
}

AuditReport ChainCheck::finish() {
  check_withheld();
  check_kept();
  check_signer();
  return std::move(report_);
}

void ChainCheck::note(std::uint64_t offset, std::string what) {
  if (!full()) report_.findings.push_back({offset, std::move(what)});
}

bool ChainCheck::full() const { return report_.findings.size() >= findings_max; }

// Whether the head reached so far is the kept one.
void ChainCheck::see_head() {
  const auto same = [this](const ChainHead& kept) {
    return kept.log_id == report_.head.log_id && kept.offset == report_.head.offset &&
           kept.head == report_.head.head;
  };
  kept_seen_ = kept_seen_ || (kept_ && same(kept_->head));
}

void ChainCheck::check_kept() {
  if (!kept_ || kept_seen_) return;
  const auto& kept = kept_->head;
  if (is_outside(kept))
    return note(kept.offset,
                "this part goes from record " + std::to_string(*report_.part_behind + 1) + " to " +
                    std::to_string(report_.head.offset) +
                    " and says nothing about the kept head of record " +
                    std::to_string(kept.offset) + "; compare it with a head in between");
  const auto former = std::ranges::find(former_, kept.log_id, &ChainHead::log_id);
  if (former != former_.end() && kept.offset > former->offset)
    note(former->offset, "the log was restored from a backup of record " +
                             std::to_string(former->offset) + ", but the kept head covers " +
                             std::to_string(kept.offset) + ": what came between is lost");
  else if (former == former_.end() && kept.log_id != report_.head.log_id)
    note(0, "the kept head is of log " + kept.log_id + ", this is log " + report_.head.log_id);
  else if (kept.offset > report_.head.offset)
    note(report_.head.offset, "the log ends with record " + std::to_string(report_.head.offset) +
                                  ", but the kept head covers " + std::to_string(kept.offset) +
                                  ": its end was cut");
  else
    note(kept.offset, "the log does not contain the kept head of record " +
                          std::to_string(kept.offset) + ": it was rewritten");
}

bool ChainCheck::is_outside(const ChainHead& kept) const {
  return report_.part_behind &&
         (kept.offset < *report_.part_behind || kept.offset > report_.head.offset);
}

// A log made before heads were signed names no key.
void ChainCheck::check_signer() {
  if (!kept_ || kept_->signer.empty()) return;
  const auto named = keys_.find(kept_->head.log_id);
  if (named == keys_.end() || named->second.empty() || named->second == kept_->signer) return;
  note(kept_->head.offset, "the kept head is signed by " + to_base64url(kept_->signer) +
                               ", but the log names " + to_base64url(named->second) +
                               " as the key that signs its heads");
}

}  // namespace nightshift::storage
