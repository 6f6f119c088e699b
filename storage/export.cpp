// Writes a log as frames, and checks frames as a log.
#include "storage/export.hpp"

#include <algorithm>
#include <cstring>

#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/chain_check.hpp"
#include "storage/entries.hpp"
#include "storage/frames.hpp"
#include "storage/rows.hpp"

namespace nightshift::storage {
namespace {

// Batches that are held at a time.
constexpr std::size_t chunk_batches = 4096;

/// Goes through a log of which more may be written meanwhile: up to the head that it had.
class Exporter {
 public:
  Exporter(const EventLog& log, std::ostream& out)
      : log_(log), out_(out), frames_(out), done_{log.head(), 0, 0}, end_(done_.head.offset) {}

  Result<Exported> run() {
    frames_.frame(FrameKind::identity, {log_.lineage().identity});
    put_restorations(0);
    return put_rest();
  }

  Result<Exported> run(const std::vector<std::uint64_t>& offsets) {
    wanted_ = &offsets;
    frames_.frame(FrameKind::identity, {log_.lineage().identity});
    if (auto begun = put_part(); !begun) return std::unexpected(begun.error());
    end_ = offsets.back();
    return put_rest();
  }

 private:
  Result<Exported> put_rest() {
    std::vector<Batch> chunk;
    while (next_ <= end_ && out_) {
      chunk.clear();
      std::uint64_t entries = 0;
      auto scanned = log_.scan_batches(next_, [&](const Batch& batch) {
        chunk.push_back(batch);
        entries += batch.count;
        return chunk.size() < chunk_batches && entries < span_entries_max && end_of(batch) <= end_;
      });
      if (!scanned) return std::unexpected(scanned.error());
      if (chunk.empty()) break;
      if (auto written = put(chunk); !written) return std::unexpected(written.error());
    }
    frames_.end(done_.records, done_.batches);
    return std::move(done_);
  }

  static std::uint64_t end_of(const Batch& batch) { return batch.first_offset + batch.count; }

  // What stands before the first batch that is wanted.
  Result<void> put_part() {
    std::optional<Batch> first;
    auto scanned = log_.scan_batches(wanted_->front(), [&](const Batch& batch) {
      first = batch;
      return false;
    });
    if (!scanned) return scanned;
    if (!first) return missing(wanted_->front());
    const auto before = head_before(first->first_offset);
    if (!before) return std::unexpected(before.error());
    Part part;
    part.set_log_id(before->head.log_id);
    part.set_signing_key(before->signer);
    part.set_offset(before->head.offset);
    part.set_head(std::string(as_bytes(before->head.head)));
    part.set_written_at_us(to_us(before->head.written_at));
    frames_.frame(FrameKind::part, {part.SerializeAsString()});
    next_ = first->first_offset;
    return {};
  }

  // The head that the batch from `offset` on covers, restores before it included.
  Result<SavedHead> head_before(std::uint64_t offset) {
    Identity identity;
    identity.ParseFromString(log_.lineage().identity);
    SavedHead found({identity.log_id(), 0, first_head(log_.lineage().identity),
                     time_from_us(identity.created_at_us())},
                    identity.signing_key());
    if (offset > 1) {
      auto scanned = log_.scan_batches(offset - 1, [&](const Batch& batch) {
        found.head.offset = end_of(batch) - 1;
        found.head.head = batch.head;
        found.head.written_at = batch.written_at;
        return false;
      });
      if (!scanned) return std::unexpected(scanned.error());
    }
    const auto& all = log_.lineage().restorations;
    for (; restored_ < all.size(); ++restored_) {
      Restoration restoration;
      if (!restoration.ParseFromString(all[restored_]) || restoration.offset() >= offset) break;
      found.head.log_id = restoration.log_id();
      found.signer = restoration.signing_key();
      if (restoration.offset() != found.head.offset) continue;
      found.head.head = restored_head(all[restored_]);
      found.head.written_at = time_from_us(restoration.restored_at_us());
    }
    return found;
  }

  Result<void> put(const std::vector<Batch>& chunk) {
    auto batch = chunk.begin();
    const auto until = end_of(chunk.back());
    auto scanned = scan_entries(log_, chunk.front().first_offset, until, [&](const Entry& entry) {
      if (entry.offset != next_) return false;
      if (next_ == batch->first_offset)
        frames_.frame(FrameKind::batch,
                      {view_of(big_endian(batch->first_offset)), batch_row(*batch)});
      put(entry);
      ++done_.records;
      ++next_;
      if (next_ < end_of(*batch)) return static_cast<bool>(out_);
      put_leaves();
      ++done_.batches;
      put_restorations(entry.offset);
      return ++batch != chunk.end() && out_;
    });
    if (!scanned || batch == chunk.end() || !out_) return scanned;
    return missing(next_);
  }

  void put(const Entry& entry) {
    if (entry.record == nullptr || !is_wanted(entry.offset)) {
      const auto& record = entry.record;
      const auto leaf = record == nullptr ? entry.leaf : leaf_of(record->salt, record->bytes);
      leaves_.append(as_bytes(leaf));
      return;
    }
    put_leaves();
    const auto& salt = entry.record->salt;
    frames_.frame(FrameKind::record,
                  {{reinterpret_cast<const char*>(salt.data()), salt.size()}, entry.record->bytes});
  }

  void put_leaves() {
    if (!leaves_.empty()) frames_.frame(FrameKind::leaves, {leaves_});
    leaves_.clear();
  }

  bool is_wanted(std::uint64_t offset) const {
    return wanted_ == nullptr || std::ranges::binary_search(*wanted_, offset);
  }

  static std::unexpected<Error> missing(std::uint64_t offset) {
    return fail(ErrorCode::corrupt, "the journal has no record " + std::to_string(offset) +
                                        "; `audit verify` says how far the damage goes");
  }

  // Those of a part's last record are no part of it.
  void put_restorations(std::uint64_t offset) {
    if (wanted_ != nullptr && offset >= end_) return;
    const auto& all = log_.lineage().restorations;
    for (; restored_ < all.size(); ++restored_) {
      Restoration restoration;
      if (!restoration.ParseFromString(all[restored_]) || restoration.offset() != offset) return;
      frames_.frame(FrameKind::restoration, {all[restored_]});
    }
  }

  const EventLog& log_;
  std::ostream& out_;
  FrameWriter frames_;
  Exported done_;
  /// The last record that is to be reached.
  std::uint64_t end_ = 0;
  /// Sorted; null for all.
  const std::vector<std::uint64_t>* wanted_ = nullptr;
  std::uint64_t next_ = 1;
  std::size_t restored_ = 0;
  /// Of records that are withheld, not written yet.
  std::string leaves_;
};

using Visitor = std::function<void(const StoredRecord&)>;

class Verifier {
 public:
  Verifier(std::istream& in, const std::optional<SavedHead>& kept, const Visitor& visit)
      : frames_(in), check_(kept), visit_(visit) {}

  AuditReport run() {
    if (!frames_.begin()) {
      check_.note(0, "this is no export: its first line is another");
    } else if (!read_beginning()) {
      check_.note(0, "the export does not begin with the identity of a log");
    } else {
      while (read_frame()) continue;
    }
    return check_.finish();
  }

 private:
  bool read_beginning() {
    if (!frames_.next(frame_) || frame_.kind != FrameKind::identity) return false;
    check_.begin(frame_.bytes);
    return true;
  }

  // False behind the end, or where it makes no sense to go on.
  bool read_frame() {
    const auto offset = check_.head().offset;
    if (!frames_.next(frame_)) {
      check_.note(offset, "the export breaks off behind record " + std::to_string(offset));
      return false;
    }
    switch (frame_.kind) {
      case FrameKind::batch: return read_batch();
      case FrameKind::part: check_.part(frame_.bytes); return !check_.full();
      case FrameKind::restoration: check_.restoration(frame_.bytes); return true;
      case FrameKind::end: read_end(); return false;
      default:
        check_.note(offset, "a frame behind record " + std::to_string(offset) +
                                " stands where none of its sort may");
        return false;
    }
  }

  bool read_batch() {
    const auto expected = check_.head().offset + 1;
    const auto first = frame_.bytes.size() < 8 ? 0 : read_number<std::uint64_t>(frame_.bytes);
    const auto batch = first == expected
                           ? storage::read_batch(first, std::string_view(frame_.bytes).substr(8))
                           : std::nullopt;
    if (!batch || batch->count == 0) {
      check_.note(expected, "the batch that begins with record " + std::to_string(expected) +
                                " is missing or damaged");
      return false;
    }
    check_.begin_batch(*batch);
    for (auto next = first; next < first + batch->count;)
      if (!read_entries(*batch, next)) return false;
    ++batches_;
    check_.end_batch();
    return !check_.full();
  }

  // What the next frame holds; `next` goes behind it.
  bool read_entries(const Batch& batch, std::uint64_t& next) {
    const auto left = batch.first_offset + batch.count - next;
    if (!frames_.next(frame_)) return damaged(next);
    if (frame_.kind == FrameKind::leaves) return read_leaves(left, next);
    if (frame_.kind != FrameKind::record || frame_.bytes.size() < record_.salt.size())
      return damaged(next);
    record_.offset = next++;
    record_.written_at = batch.written_at;
    std::memcpy(record_.salt.data(), frame_.bytes.data(), record_.salt.size());
    record_.bytes.assign(frame_.bytes, record_.salt.size());
    check_.record(record_);
    ++records_;
    if (visit_) visit_(record_);
    return true;
  }

  bool read_leaves(std::uint64_t left, std::uint64_t& next) {
    constexpr auto leaf_bytes = std::tuple_size_v<Digest>;
    const std::string_view bytes = frame_.bytes;
    const auto count = bytes.size() / leaf_bytes;
    if (count == 0 || count > left || bytes.size() % leaf_bytes != 0) return damaged(next);
    for (std::size_t at = 0; at < bytes.size(); at += leaf_bytes)
      check_.leaf({next++, *read_leaf(bytes.substr(at, leaf_bytes))});
    records_ += count;
    return true;
  }

  bool damaged(std::uint64_t offset) {
    check_.note(offset, "record " + std::to_string(offset) + " is missing or damaged");
    return false;
  }

  void read_end() {
    std::string expected;
    append_number(expected, records_);
    append_number(expected, batches_);
    expected.append(as_bytes(frames_.digest_before()));
    if (frame_.bytes != expected)
      check_.note(check_.head().offset, "the end of the export does not fit what stands before it");
    if (!frames_.at_end()) check_.note(check_.head().offset, "something follows the export's end");
  }

  FrameReader frames_;
  ChainCheck check_;
  const Visitor& visit_;
  Frame frame_;
  StoredRecord record_;
  std::uint64_t records_ = 0;
  std::uint64_t batches_ = 0;
};

}  // namespace

Result<Exported> write_export(const EventLog& log, std::ostream& out) {
  return Exporter(log, out).run();
}

Result<Exported> write_archive(const EventLog& log, const std::vector<std::uint64_t>& offsets,
                               std::ostream& out) {
  return Exporter(log, out).run(offsets);
}

bool is_export(std::string_view front) { return front.starts_with(export_magic); }

AuditReport verify_export(std::istream& in, const std::optional<SavedHead>& kept,
                          const Visitor& visit) {
  return Verifier(in, kept, visit).run();
}

}  // namespace nightshift::storage
