// Takes in another node's log.
#include "runtime/cluster/replica_keeper.hpp"

#include <algorithm>
#include <cstring>

namespace nightshift::runtime::cluster {
namespace {

constexpr std::string_view alarm_note = "alarm";
constexpr std::string_view head_note = "head";
constexpr std::string_view age_note = "as_of_us";
/// Of entities, in memory.
constexpr std::size_t states_max = 256;
/// Of a batch that comes in pieces.
constexpr std::size_t batch_bytes_max = 256u << 20;

template <std::size_t size>
bool read_fixed(const std::string& bytes, std::array<std::uint8_t, size>& out) {
  if (bytes.size() != size) return false;
  std::memcpy(out.data(), bytes.data(), size);
  return true;
}

std::unexpected<Error> unreadable(std::uint64_t offset) {
  return fail(ErrorCode::corrupt,
              "what came for record " + std::to_string(offset) + " cannot be read");
}

}  // namespace

ReplicaKeeper::ReplicaKeeper(std::string node, std::unique_ptr<storage::ReplicaLog> log,
                             const Catalog& catalog)
    : node_(std::move(node)),
      log_(std::move(log)),
      catalog_(catalog),
      reading_(*log_, catalog),
      newest_(log_->head().offset) {}

Result<std::shared_ptr<ReplicaKeeper>> ReplicaKeeper::open(
    std::string node, const std::filesystem::path& path,
    const std::optional<storage::Lineage>& lineage, const Catalog& catalog) {
  auto log = storage::ReplicaLog::open(path, lineage);
  if (!log) return std::unexpected(log.error());
  return open(std::move(node), std::move(*log), catalog);
}

Result<std::shared_ptr<ReplicaKeeper>> ReplicaKeeper::open(std::string node,
                                                           std::unique_ptr<storage::ReplicaLog> log,
                                                           const Catalog& catalog) {
  std::shared_ptr<ReplicaKeeper> keeper(
      new ReplicaKeeper(std::move(node), std::move(log), catalog));
  const auto alarm = keeper->log_->note(alarm_note);
  const auto age = keeper->log_->note(age_note);
  if (!alarm) return std::unexpected(alarm.error());
  if (!age) return std::unexpected(age.error());
  if (*alarm) keeper->alarm_ = **alarm;
  if (*age) keeper->as_of_ = time_from_us(std::strtoll((*age)->c_str(), nullptr, 10));
  return keeper;
}

Result<void> ReplicaKeeper::take(replication::Ship ship) {
  auto taken = take_pieces(std::move(ship));
  if (taken) return taken;
  // In memory as on the disk: as it was before.
  log_->abandon();
  states_.clear();
  touched_.clear();
  half_.Clear();
  half_bytes_ = 0;
  return taken;
}

Result<void> ReplicaKeeper::take_pieces(replication::Ship ship) {
  for (auto& piece : *ship.mutable_pieces()) {
    half_bytes_ += piece.ByteSizeLong();
    if (half_bytes_ > batch_bytes_max) {
      return fail(ErrorCode::corrupt, "the batch from record " +
                                          std::to_string(piece.first_offset()) +
                                          " on is larger than any that a node writes");
    }
    const bool goes_on = half_.first_offset() != 0;
    const auto before = static_cast<std::uint64_t>(half_.entries_size());
    if (piece.at() != before || (goes_on && half_.first_offset() != piece.first_offset())) {
      return unreadable(piece.first_offset());
    }
    if (!goes_on) {
      half_ = std::move(piece);
    } else {
      half_.mutable_entries()->MergeFrom(piece.entries());
    }
    const auto came = static_cast<std::uint64_t>(half_.entries_size());
    if (came < half_.count()) continue;
    const auto whole = std::exchange(half_, replication::Piece());
    half_bytes_ = 0;
    if (auto taken = take_batch(whole); !taken) return taken;
  }
  derive();
  if (auto written = log_->commit(); !written) return written;
  newest_ = std::max<std::uint64_t>(newest_, log_->head().offset);
  if (states_.size() > states_max) states_.clear();
  return {};
}

Result<void> ReplicaKeeper::take_batch(const replication::Piece& piece) {
  storage::Batch batch{
      piece.first_offset(), piece.count(), time_from_us(piece.written_at_us()), {}};
  if (!read_fixed(piece.digest(), batch.head)) return unreadable(piece.first_offset());
  std::vector<storage::ReplicaEntry> entries;
  std::vector<Record> records;
  auto offset = piece.first_offset();
  for (const auto& from : piece.entries()) {
    auto& entry = entries.emplace_back();
    auto& record = records.emplace_back();
    if (from.record().empty()) {
      entry.withheld = true;
      if (!read_fixed(from.leaf(), entry.leaf)) return unreadable(offset);
    } else {
      if (!read_fixed(from.salt(), entry.salt) || !record.ParseFromString(from.record())) {
        return unreadable(offset);
      }
      entry.bytes = from.record();
      entry.leaf = storage::leaf_of(entry.salt, entry.bytes);
      entry.entity = {record.kind(), record.entity()};
      entry.sequence = record.sequence();
      if (!is_id(entry.entity.kind) || !is_id(entry.entity.id)) return unreadable(offset);
      if (record.home() != node_) {
        return fail(ErrorCode::corrupt,
                    to_string(entry.entity) + " in its log is at home at " + record.home());
      }
    }
    ++offset;
  }
  if (auto taken = log_->take(batch, entries); !taken) return taken;
  offset = piece.first_offset();
  for (std::size_t i = 0; i < entries.size(); ++i, ++offset) {
    if (!entries[i].withheld) fold(records[i], offset);
  }
  return {};
}

host::EntityState* ReplicaKeeper::state_of(const kernel::Kind& kind, const EntityRef& entity) {
  auto& state = states_[entity];
  if (state) return state.get();
  auto loaded = host::EntityState::load(*log_, kind, entity);
  state = loaded ? std::move(*loaded) : std::make_unique<host::EntityState>(kind, entity, node_);
  return state.get();
}

/// What cannot be folded, of a newer program say, is there as a record and has no view.
void ReplicaKeeper::fold(const Record& record, std::uint64_t offset) {
  const EntityRef entity{record.kind(), record.entity()};
  const auto* kind = catalog_.find(record.kind());
  if (kind == nullptr) return;
  const auto [touched, first] = touched_.try_emplace(entity);
  if (!touched->second.usable) return;
  auto* state = state_of(*kind, entity);
  if (first && state->sequence() > 0) touched->second.before = state->entity().index();
  if (!state->fold(record, offset)) {
    touched->second.usable = false;
    states_.erase(entity);
  }
}

void ReplicaKeeper::derive() {
  for (const auto& [entity, touched] : std::exchange(touched_, {})) {
    if (!touched.usable) continue;
    auto& state = *states_.at(entity);
    log_->derive({entity, state.row(), state.offset(), touched.before, state.entity().index()});
  }
}

Result<void> ReplicaKeeper::see_head(const std::string& text, Time now) {
  const auto saved = storage::parse_saved_head(text);
  if (!saved) return std::unexpected(saved.error());
  const auto& head = saved->head;
  const auto& identity = log_->identity();
  if (head.log_id != identity.log_id() ||
      (!identity.signing_key().empty() && saved->signer != identity.signing_key())) {
    return fail(ErrorCode::corrupt, "its head is of another log, or signed by another key");
  }
  const auto here = log_->head().offset;
  if (head.offset < here) {
    return fail(ErrorCode::corrupt, "its log ends with record " + std::to_string(head.offset) +
                                        ", and was here up to " + std::to_string(here) +
                                        ": its end was cut");
  }
  newest_ = head.offset;
  if (head.offset > here) return {};
  if (head.head != log_->head().head) {
    return fail(ErrorCode::corrupt, "its head of record " + std::to_string(here) +
                                        " is not the one that is here: its log was rewritten");
  }
  live_ = true;
  note_age(now);
  return log_->keep_note(head_note, text);
}

void ReplicaKeeper::part() {
  half_.Clear();
  half_bytes_ = 0;
  live_ = false;
}

void ReplicaKeeper::note_age(Time now) {
  {
    const std::lock_guard lock(mutex_);
    as_of_ = now;
  }
  (void)log_->keep_note(age_note, std::to_string(to_us(now)));
}

std::optional<Time> ReplicaKeeper::as_of(Time now) const {
  if (live_) return now;
  const std::lock_guard lock(mutex_);
  return as_of_;
}

std::string ReplicaKeeper::alarm() const {
  const std::lock_guard lock(mutex_);
  return alarm_;
}

void ReplicaKeeper::raise(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    alarm_ = why;
  }
  live_ = false;
  (void)log_->keep_note(alarm_note, why);
}

}  // namespace nightshift::runtime::cluster
