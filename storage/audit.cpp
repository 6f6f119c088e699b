// Walks a journal and reports what does not hold.
#include "storage/audit.hpp"

#include <unordered_map>

#include "storage/chain.hpp"

namespace nightshift::storage {
namespace {

constexpr std::size_t findings_max = 1000;
// Batches that are held at a time.
constexpr std::size_t chunk_batches = 4096;

std::uint64_t end_of(const Batch& batch) { return batch.first_offset + batch.count; }

std::string span(std::uint64_t first, std::uint64_t end) {
  if (first + 1 == end) return "record " + std::to_string(first) + " is";
  return "records " + std::to_string(first) + " to " + std::to_string(end - 1) + " are";
}

/// An entity's stream: how long it is, and a hash over the offsets of its records in order.
struct Stream {
  std::uint64_t length = 0;
  std::uint64_t hash = 0;

  void add(std::uint64_t offset) {
    ++length;
    hash = (hash ^ offset) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
  }

  bool operator==(const Stream&) const = default;
};

class Audit {
 public:
  Audit(const EventLog& log, const std::optional<ChainHead>& kept) : log_(log), kept_(kept) {
    report_.head = {log.identity().log_id(), 0, first_head(log.identity().SerializeAsString()),
                    time_from_us(log.identity().created_at_us())};
    see_head();
  }

  AuditReport run() {
    while (read_batches()) walk_chunk();
    walk_rest();
    walk_pointers();
    check_kept();
    return std::move(report_);
  }

 private:
  void note(std::uint64_t offset, std::string what) {
    if (report_.findings.size() < findings_max)
      report_.findings.push_back({offset, std::move(what)});
  }

  // What cannot be read is a finding, too.
  void must(const Result<void>& read) {
    if (!read) note(next_, "reading stopped: " + std::string(read.error().message()));
  }

  // The next batches; false behind the last.
  bool read_batches() {
    chunk_.clear();
    at_ = 0;
    must(log_.scan_batches(next_, [this](const Batch& batch) {
      chunk_.push_back(batch);
      return chunk_.size() < chunk_batches;
    }));
    if (chunk_.empty()) return false;
    begin_batch();
    return true;
  }

  void walk_chunk() {
    must(log_.scan_log(next_, [this](const StoredRecord& record) {
      while (at_ < chunk_.size() && record.offset >= end_of(chunk_[at_])) end_batch();
      if (at_ == chunk_.size()) return false;
      take(record);
      return true;
    }));
    while (at_ < chunk_.size()) end_batch();
  }

  void begin_batch() {
    const auto& batch = chunk_[at_];
    if (batch.first_offset > report_.head.offset + 1)
      note(report_.head.offset + 1,
           span(report_.head.offset + 1, batch.first_offset) + " missing, with their batch");
    if (report_.batches > 0 && batch.written_at <= report_.head.written_at)
      note(batch.first_offset, "the batch is not written later than the one before");
    next_ = std::max(next_, batch.first_offset);
  }

  void take(const StoredRecord& record) {
    const auto& batch = chunk_[at_];
    if (record.offset < batch.first_offset)
      return note(record.offset, span(record.offset, record.offset + 1) + " in no batch: inserted");
    if (record.offset > next_) note(next_, span(next_, record.offset) + " missing");
    next_ = record.offset + 1;
    if (record.written_at != batch.written_at)
      note(record.offset, "the record's written time is not that of its batch");
    leaves_.append(as_bytes(leaf_of(record.salt, record.bytes)));
    ++report_.records;
    count(record);
  }

  void count(const StoredRecord& stored) {
    if (!record_.ParseFromString(stored.bytes))
      return note(stored.offset, "the record cannot be read");
    auto& stream = streams_[{record_.kind(), record_.entity()}];
    stream.add(stored.offset);
    if (record_.sequence() != stream.length)
      note(stored.offset, record_.kind() + "/" + record_.entity() + " counts " +
                              std::to_string(record_.sequence()) + " where " +
                              std::to_string(stream.length) + " comes next");
  }

  void end_batch() {
    const auto& batch = chunk_[at_];
    if (next_ < end_of(batch)) note(next_, span(next_, end_of(batch)) + " missing");
    next_ = end_of(batch);
    const auto head = next_head(report_.head.head, batch.first_offset, batch.written_at, leaves_);
    if (head != batch.head)
      note(batch.first_offset, "the batch of " + std::to_string(batch.count) +
                                   " records from here on does not hash to its head: a record, "
                                   "its order or the batch before was changed");
    leaves_.clear();
    ++report_.batches;
    report_.head.offset = next_ - 1;
    report_.head.head = batch.head;
    report_.head.written_at = batch.written_at;
    see_head();
    if (++at_ < chunk_.size()) begin_batch();
  }

  // Records behind the last batch.
  void walk_rest() {
    must(log_.scan_log(next_, [this](const StoredRecord& record) {
      note(record.offset, span(record.offset, record.offset + 1) + " in no batch: inserted");
      return report_.findings.size() < findings_max;
    }));
  }

  void walk_pointers() {
    std::unordered_map<EntityRef, Stream> pointed;
    must(log_.scan_pointers([&](const Pointer& pointer) {
      auto& stream = pointed[pointer.entity];
      stream.add(pointer.offset);
      if (pointer.sequence != stream.length)
        note(pointer.offset, "the pointers of " + to_string(pointer.entity) + " count " +
                                 std::to_string(pointer.sequence) + " where " +
                                 std::to_string(stream.length) + " comes next");
      return true;
    }));
    for (const auto& [entity, stream] : streams_)
      if (const auto found = pointed.find(entity);
          found == pointed.end() || found->second != stream)
        note(0, "the pointers of " + to_string(entity) + " do not lead to its records");
    for (const auto& [entity, stream] : pointed)
      if (!streams_.contains(entity)) note(0, to_string(entity) + " has pointers but no records");
  }

  // Whether the head reached so far is the kept one.
  void see_head() {
    kept_seen_ =
        kept_seen_ || (kept_ && kept_->log_id == report_.head.log_id &&
                       kept_->offset == report_.head.offset && kept_->head == report_.head.head);
  }

  void check_kept() {
    if (!kept_ || kept_seen_) return;
    if (kept_->log_id != report_.head.log_id)
      note(0, "the kept head is of log " + kept_->log_id + ", this is log " + report_.head.log_id);
    else if (kept_->offset > report_.head.offset)
      note(report_.head.offset, "the log ends with record " + std::to_string(report_.head.offset) +
                                    ", but the kept head covers " + std::to_string(kept_->offset) +
                                    ": its end was cut");
    else
      note(kept_->offset, "the log does not contain the kept head of record " +
                              std::to_string(kept_->offset) + ": it was rewritten");
  }

  const EventLog& log_;
  const std::optional<ChainHead>& kept_;
  AuditReport report_;
  bool kept_seen_ = false;
  /// The record that comes next.
  std::uint64_t next_ = 1;
  std::vector<Batch> chunk_;
  /// The present batch in `chunk_`, and the leaves of its records so far.
  std::size_t at_ = 0;
  std::string leaves_;
  Record record_;
  std::unordered_map<EntityRef, Stream> streams_;
};

}  // namespace

Result<AuditReport> verify(const EventLog& log, const std::optional<ChainHead>& kept) {
  return Audit(log, kept).run();
}

}  // namespace nightshift::storage
