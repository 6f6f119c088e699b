// Writes a log as frames, and checks frames as a log.
#include "storage/export.hpp"

#include <algorithm>
#include <cstring>

#include "storage/bytes.hpp"
#include "storage/chain_check.hpp"
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
      : log_(log), out_(out), frames_(out), done_{log.head(), 0, 0} {}

  Result<Exported> run() {
    frames_.frame(FrameKind::identity, {log_.lineage().identity});
    put_restorations(0);
    std::vector<Batch> chunk;
    while (next_ <= done_.head.offset && out_) {
      chunk.clear();
      auto scanned = log_.scan_batches(next_, [&](const Batch& batch) {
        chunk.push_back(batch);
        return chunk.size() < chunk_batches &&
               batch.first_offset + batch.count <= done_.head.offset;
      });
      if (!scanned) return std::unexpected(scanned.error());
      if (chunk.empty()) break;
      if (auto written = put(chunk); !written) return std::unexpected(written.error());
    }
    frames_.end(done_.records, done_.batches);
    return std::move(done_);
  }

 private:
  Result<void> put(const std::vector<Batch>& chunk) {
    auto batch = chunk.begin();
    auto scanned = log_.scan_log(chunk.front().first_offset, [&](const StoredRecord& record) {
      if (record.offset == batch->first_offset)
        frames_.frame(FrameKind::batch,
                      {view_of(big_endian(batch->first_offset)), batch_row(*batch)});
      frames_.frame(
          FrameKind::record,
          {{reinterpret_cast<const char*>(record.salt.data()), record.salt.size()}, record.bytes});
      ++done_.records;
      next_ = record.offset + 1;
      if (next_ < batch->first_offset + batch->count) return static_cast<bool>(out_);
      ++done_.batches;
      put_restorations(record.offset);
      return ++batch != chunk.end() && out_;
    });
    if (!scanned || batch == chunk.end() || !out_) return scanned;
    return fail(ErrorCode::corrupt, "the journal has no record " + std::to_string(next_) +
                                        "; `audit verify` says how far the damage goes");
  }

  void put_restorations(std::uint64_t offset) {
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
  std::uint64_t next_ = 1;
  std::size_t restored_ = 0;
};

class Verifier {
 public:
  Verifier(std::istream& in, const std::optional<SavedHead>& kept) : frames_(in), check_(kept) {}

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
    for (std::uint64_t i = 0; i < batch->count; ++i)
      if (!read_record(*batch, first + i)) return false;
    ++batches_;
    check_.end_batch();
    return !check_.full();
  }

  bool read_record(const Batch& batch, std::uint64_t offset) {
    record_.offset = offset;
    record_.written_at = batch.written_at;
    if (!frames_.next(frame_) || frame_.kind != FrameKind::record ||
        frame_.bytes.size() < record_.salt.size()) {
      check_.note(offset, "record " + std::to_string(offset) + " is missing or damaged");
      return false;
    }
    std::memcpy(record_.salt.data(), frame_.bytes.data(), record_.salt.size());
    record_.bytes.assign(frame_.bytes, record_.salt.size());
    check_.record(record_);
    ++records_;
    return true;
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
  Frame frame_;
  StoredRecord record_;
  std::uint64_t records_ = 0;
  std::uint64_t batches_ = 0;
};

}  // namespace

Result<Exported> write_export(const EventLog& log, std::ostream& out) {
  return Exporter(log, out).run();
}

bool is_export(std::string_view front) { return front.starts_with(export_magic); }

AuditReport verify_export(std::istream& in, const std::optional<SavedHead>& kept) {
  return Verifier(in, kept).run();
}

}  // namespace nightshift::storage
