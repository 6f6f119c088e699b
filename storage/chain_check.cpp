// Recomputes leaves and heads, counts streams, looks for the kept head.
#include "storage/chain_check.hpp"

#include <algorithm>

#include "storage/chain.hpp"

namespace nightshift::storage {
namespace {

constexpr std::size_t findings_max = 1000;

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
