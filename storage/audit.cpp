// Walks a journal and reports what does not hold.
#include "storage/audit.hpp"

#include <algorithm>
#include <unordered_map>

#include "storage/chain_check.hpp"
#include "storage/entries.hpp"

namespace nightshift::storage {
namespace {

// Batches that are held at a time.
constexpr std::size_t chunk_batches = 4096;

std::uint64_t end_of(const Batch& batch) { return batch.first_offset + batch.count; }

std::string span(std::uint64_t first, std::uint64_t end) {
  if (first + 1 == end) return "record " + std::to_string(first) + " is";
  return "records " + std::to_string(first) + " to " + std::to_string(end - 1) + " are";
}

class Audit {
 public:
  Audit(const EventLog& log, const std::optional<SavedHead>& kept) : log_(log), check_(kept) {
    check_.begin(log.lineage().identity);
    take_restorations();
  }

  AuditReport run() {
    while (read_batches()) walk_chunk();
    walk_rest();
    walk_pointers();
    walk_tombstones();
    if (restored_ < log_.lineage().restorations.size())
      check_.note(check_.head().offset, "a restore stands at a record where no batch ends");
    return check_.finish();
  }

 private:
  // What cannot be read is a finding, too.
  void must(const Result<void>& read) {
    if (!read) check_.note(next_, "reading stopped: " + std::string(read.error().message()));
  }

  // The next batches; false behind the last.
  bool read_batches() {
    chunk_.clear();
    at_ = 0;
    std::uint64_t entries = 0;
    must(log_.scan_batches(next_, [&](const Batch& batch) {
      chunk_.push_back(batch);
      entries += batch.count;
      return chunk_.size() < chunk_batches && entries < span_entries_max;
    }));
    if (chunk_.empty()) return false;
    begin_batch();
    return true;
  }

  void walk_chunk() {
    const auto until = end_of(chunk_.back());
    must(scan_entries(log_, next_, until, [this](const Entry& entry) {
      while (at_ < chunk_.size() && entry.offset >= end_of(chunk_[at_])) end_batch();
      if (at_ == chunk_.size()) return false;
      take(entry);
      return true;
    }));
    while (at_ < chunk_.size()) end_batch();
  }

  void begin_batch() {
    const auto& batch = chunk_[at_];
    const auto expected = check_.head().offset + 1;
    if (batch.first_offset > expected)
      check_.note(expected, span(expected, batch.first_offset) + " missing, with their batch");
    check_.begin_batch(batch);
    next_ = std::max(next_, batch.first_offset);
  }

  void take(const Entry& entry) {
    const auto offset = entry.offset;
    if (offset < chunk_[at_].first_offset) return inserted(offset);
    if (offset < next_) return check_.note(offset, span(offset, offset + 1) + " there twice");
    if (offset > next_) check_.note(next_, span(next_, offset) + " missing");
    next_ = offset + 1;
    if (entry.record != nullptr)
      check_.record(*entry.record);
    else
      check_.leaf({offset, entry.leaf});
  }

  void end_batch() {
    const auto& batch = chunk_[at_];
    if (next_ < end_of(batch)) check_.note(next_, span(next_, end_of(batch)) + " missing");
    next_ = end_of(batch);
    check_.end_batch();
    take_restorations();
    if (++at_ < chunk_.size()) begin_batch();
  }

  // Those that were made at the record that was reached.
  void take_restorations() {
    const auto& all = log_.lineage().restorations;
    for (; restored_ < all.size(); ++restored_) {
      Restoration restoration;
      if (restoration.ParseFromString(all[restored_]) &&
          restoration.offset() != check_.head().offset)
        return;
      check_.restoration(all[restored_]);
    }
  }

  void inserted(std::uint64_t offset) {
    check_.note(offset, span(offset, offset + 1) + " in no batch: inserted");
  }

  // Records behind the last batch.
  void walk_rest() {
    must(scan_entries(log_, next_, UINT64_MAX, [this](const Entry& entry) {
      inserted(entry.offset);
      return !check_.full();
    }));
  }

  void walk_pointers() {
    Streams pointed;
    must(log_.scan_pointers([&](const Pointer& pointer) {
      auto& stream = pointed[pointer.entity];
      stream.add(pointer.offset);
      if (pointer.sequence != stream.length)
        check_.note(pointer.offset, "the pointers of " + to_string(pointer.entity) + " count " +
                                        std::to_string(pointer.sequence) + " where " +
                                        std::to_string(stream.length) + " comes next");
      return true;
    }));
    for (const auto& [entity, stream] : check_.streams())
      if (const auto found = pointed.find(entity);
          found == pointed.end() || found->second != stream)
        check_.note(0, "the pointers of " + to_string(entity) + " do not lead to its records");
    for (const auto& [entity, stream] : pointed)
      if (!check_.streams().contains(entity))
        check_.note(0, to_string(entity) + " has pointers but no records");
  }

  // Without one an id could be used again.
  void walk_tombstones() {
    for (const auto& entity : check_.archived()) {
      const auto tombstone = log_.archived(entity);
      if (!tombstone) return must(std::unexpected(tombstone.error()));
      if (!*tombstone) check_.note(0, to_string(entity) + " was archived and has no tombstone");
    }
  }

  const EventLog& log_;
  ChainCheck check_;
  /// The record that comes next.
  std::uint64_t next_ = 1;
  std::vector<Batch> chunk_;
  /// The present batch in `chunk_`.
  std::size_t at_ = 0;
  /// The restores that were come by.
  std::size_t restored_ = 0;
};

}  // namespace

Result<AuditReport> verify(const EventLog& log, const std::optional<SavedHead>& kept) {
  return Audit(log, kept).run();
}

}  // namespace nightshift::storage
