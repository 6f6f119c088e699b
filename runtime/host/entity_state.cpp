// One entity as it is at one sequence: the fold of events, and the host's own book-keeping of
// effects in the same fold.
#include "runtime/host/entity_state.hpp"

#include <algorithm>

#include "messages/host.pb.h"
#include "runtime/host/archiving.hpp"

namespace nightshift::runtime::host {
namespace {

/// Ended effects beyond this many are forgotten in the state row; the records have them.
constexpr int effects_remembered = 32;

Error damaged(const EntityRef& entity, std::string what) {
  return {ErrorCode::corrupt, to_string(entity) + ": " + std::move(what), to_string(entity)};
}

}  // namespace

EffectState effect_state(const EffectProgress* progress, std::uint64_t boot_epoch) {
  if (progress == nullptr) return EFFECT_STATE_NOT_STARTED;
  if (progress->dispatched()) {
    return progress->boot_epoch() == boot_epoch ? EFFECT_STATE_IN_PROGRESS
                                                : EFFECT_STATE_UNKNOWN_AFTER_DISPATCH;
  }
  return progress->last_end();
}

EntityState::EntityState(const kernel::Kind& kind, EntityRef entity, std::string home)
    : ref_(std::move(entity)), entity_(kind.make()) {
  row_.set_home(std::move(home));
  row_.set_evolver(kind.evolver_version());
}

std::unique_ptr<EntityState> EntityState::from_row(const kernel::Kind& kind, EntityRef entity,
                                                   std::string_view row) {
  auto state = std::make_unique<EntityState>(kind, std::move(entity), std::string());
  StateRow parsed;
  if (!parsed.ParseFromArray(row.data(), static_cast<int>(row.size()))) return state;
  state->row_.set_home(parsed.home());
  if (parsed.evolver() != kind.evolver_version()) return state;
  if (!state->entity_->decode(parsed.phase(), parsed.body())) {
    state->entity_ = kind.make();
    return state;
  }
  parsed.clear_phase();
  parsed.clear_body();
  state->row_ = std::move(parsed);
  return state;
}

Result<std::unique_ptr<EntityState>> EntityState::load(const storage::EventLog& log,
                                                       const kernel::Kind& kind,
                                                       const EntityRef& entity,
                                                       std::uint64_t sequence) {
  auto row = log.state(entity);
  if (!row) return std::unexpected(row.error());
  if (!*row) return absent_error(log, entity);
  auto state = from_row(kind, entity, **row);
  const bool current = (*row)->size() <= small_row_bytes && state->sequence() > 0;
  if (state->sequence() > sequence) return replay(log, kind, entity, sequence);
  if (current || state->sequence() == sequence) return state;
  if (auto folded = state->fold_tail(log, sequence); !folded) {
    return std::unexpected(folded.error());
  }
  return state;
}

Result<std::unique_ptr<EntityState>> EntityState::replay(const storage::EventLog& log,
                                                         const kernel::Kind& kind,
                                                         const EntityRef& entity,
                                                         std::uint64_t sequence) {
  auto state = std::make_unique<EntityState>(kind, entity, std::string());
  if (auto folded = state->fold_tail(log, sequence); !folded) {
    return std::unexpected(folded.error());
  }
  if (state->sequence() == 0) return fail(ErrorCode::not_found, {}, to_string(entity));
  return state;
}

Result<void> EntityState::fold_tail(const storage::EventLog& log, std::uint64_t sequence) {
  Result<void> folded;
  auto scanned = log.scan_entity(ref_, this->sequence() + 1, [&](const auto& stored) {
    if (this->sequence() >= sequence) return false;
    folded = fold(stored);
    return folded.has_value();
  });
  if (!folded) return folded;
  if (!scanned) return scanned;
  if (sequence != UINT64_MAX && this->sequence() < sequence) {
    return std::unexpected(
        damaged(ref_, "record " + std::to_string(this->sequence() + 1) + " is missing"));
  }
  return {};
}

Result<void> EntityState::apply(const google::protobuf::Message& event, Time decided_at) {
  if (auto evolved = entity_->evolve(event); !evolved) return evolved;
  advance(to_us(decided_at));
  note(event);
  return {};
}

Result<void> EntityState::fold(const storage::StoredRecord& stored) {
  Record record;
  if (!record.ParseFromString(stored.bytes)) {
    return std::unexpected(
        damaged(ref_, "the record at offset " + std::to_string(stored.offset) + " is unreadable"));
  }
  return fold(record, stored.offset);
}

Result<void> EntityState::fold(const Record& record, std::uint64_t offset) {
  if (record.sequence() != sequence() + 1) {
    return std::unexpected(damaged(ref_, "expected record " + std::to_string(sequence() + 1) +
                                             ", found " + std::to_string(record.sequence())));
  }
  auto known = entity_->replay(record.type(), record.schema(), record.payload());
  if (!known) return std::unexpected(known.error());
  if (!*known) row_.set_stale(true);
  if (row_.home().empty()) row_.set_home(record.home());
  advance(record.type(), record.payload(), record.decided_at_us());
  row_.set_offset(offset);
  return {};
}

void EntityState::advance(std::string_view type, std::string_view payload,
                          std::int64_t decided_at_us) {
  advance(decided_at_us);
  if (type == "host.Dispatched") {
    ::nightshift::host::Dispatched event;
    if (event.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) note(event);
  } else if (type == "host.Ended") {
    ::nightshift::host::Ended event;
    if (event.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) note(event);
  }
}

void EntityState::advance(std::int64_t decided_at_us) {
  row_.set_sequence(row_.sequence() + 1);
  if (row_.sequence() == 1) row_.set_created_at_us(decided_at_us);
  row_.set_updated_at_us(decided_at_us);
}

void EntityState::note(const google::protobuf::Message& event) {
  using ::nightshift::host::Dispatched;
  using ::nightshift::host::Ended;
  if (event.GetDescriptor() == Dispatched::descriptor()) {
    const auto& dispatched = static_cast<const Dispatched&>(event);
    auto& progress = progress_of(dispatched.effect_id());
    progress.set_attempts(dispatched.attempt());
    progress.set_dispatched(true);
    progress.set_boot_epoch(dispatched.boot_epoch());
    progress.set_dispatched_at_us(row_.updated_at_us());
  } else if (event.GetDescriptor() == Ended::descriptor()) {
    const auto& ended = static_cast<const Ended&>(event);
    auto& progress = progress_of(ended.effect_id());
    progress.set_dispatched(false);
    progress.set_last_end(ended.state());
    progress.set_last(ended.last());
    if (ended.interrupted()) progress.set_interruptions(progress.interruptions() + 1);
  }
}

const EffectProgress* EntityState::progress(std::string_view effect_id) const {
  for (const auto& progress : row_.effects()) {
    if (progress.id() == effect_id) return &progress;
  }
  return nullptr;
}

EffectProgress& EntityState::progress_of(const std::string& effect_id) {
  auto& effects = *row_.mutable_effects();
  const auto at = std::ranges::find(effects, effect_id, &EffectProgress::id);
  if (at != effects.end()) return *at;
  if (effects.size() >= effects_remembered) {
    const auto oldest = std::ranges::find_if(effects, &EffectProgress::last);
    if (oldest != effects.end()) effects.erase(oldest);
  }
  auto* progress = effects.Add();
  progress->set_id(effect_id);
  return *progress;
}

std::string EntityState::row() {
  row_.set_status(std::string(entity_->status()));
  row_.set_phase(entity_->phase());
  entity_->encode(*row_.mutable_body());
  auto bytes = row_.SerializeAsString();
  row_.clear_phase();
  row_.clear_body();
  return bytes;
}

Answer EntityState::answer(const kernel::Work& pending, std::uint64_t boot_epoch,
                           const std::string& log_id) const {
  Answer answer;
  answer.entity = ref_;
  answer.sequence = sequence();
  answer.position = {log_id, row_.offset()};
  answer.status = entity_->status();
  answer.created_at = time_from_us(row_.created_at_us());
  answer.updated_at = time_from_us(row_.updated_at_us());
  answer.stale = row_.stale();
  answer.view = entity_->view();
  const auto add = [&](const std::string& id, const EffectProgress* progress) {
    auto& effect = answer.effects.emplace_back();
    effect.set_id(id);
    effect.set_state(effect_state(progress, boot_epoch));
    effect.set_attempts(progress == nullptr ? 0 : progress->attempts());
  };
  for (const auto& progress : row_.effects()) add(progress.id(), &progress);
  for (const auto& effect : pending.effects) {
    if (progress(effect.id) == nullptr) add(effect.id, nullptr);
  }
  return answer;
}

}  // namespace nightshift::runtime::host
