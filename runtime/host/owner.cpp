// The owner's life: opening, restarting, letting go.
#include "runtime/host/owner.hpp"

#include <exception>
#include <utility>

#include "runtime/host/archiving.hpp"
#include "runtime/host/turns.hpp"

namespace nightshift::runtime::host {

Owner::Owner(std::shared_ptr<Core> core, const kernel::Kind& kind, EntityRef entity,
             std::uint64_t activation)
    : core_(std::move(core)),
      kind_(kind),
      entity_(std::move(entity)),
      activation_(activation),
      marks_(core_->log, entity_) {}

namespace {

/// For people: what an entity did that never came back.
std::string_view what_of(const Mail& mail) {
  if (const auto* deliver = std::get_if<Deliver>(&mail)) {
    return deliver->call->command().body->GetDescriptor()->name();
  }
  if (std::holds_alternative<Fire>(mail)) return "a deadline";
  if (std::holds_alternative<Opened>(mail)) return "its opening";
  if (std::holds_alternative<Settle>(mail)) return "what became of a Tell";
  return "an effect";
}

/// Reads an entity's records, on a thread for that. What the kind throws is an error like others.
Result<std::unique_ptr<EntityState>> folded(const Core& core, const kernel::Kind& kind,
                                            const EntityRef& entity, std::uint64_t sequence) {
  const Turn turn(entity, "its records");
  try {
    return EntityState::load(core.log, kind, entity, sequence);
  } catch (const std::exception& error) {
    return fail(ErrorCode::bug, error.what(), to_string(entity));
  }
}

}  // namespace

void Owner::receive(Mail mail) {
  const Turn turn(entity_, what_of(mail));
  try {
    handle(std::move(mail));
  } catch (const std::exception& error) {
    restart(error.what());
  }
}

void Owner::handle(Mail mail) {
  if (auto* opened = std::get_if<Opened>(&mail)) return on(*opened);
  if (auto* folded = std::get_if<Folded>(&mail)) return on(*folded);
  if (auto* lost = std::get_if<Lost>(&mail)) return on(*lost);
  if (auto* passivate = std::get_if<Passivate>(&mail)) return on(*passivate);
  if (phase_ == Phase::ready && lane_->lost) open();
  if (phase_ == Phase::opening) {
    const bool first = !lane_ && waiting_.empty();
    if (first && core_->quarantine.cause(entity_)) {
      shut();
      return turn_away(mail);
    }
    waiting_.push_back(std::move(mail));
    if (first) open();
    return;
  }
  serve(mail);
}

void Owner::serve(Mail& mail) {
  if (phase_ != Phase::ready) return turn_away(mail);
  // Held here, as the mail is taken apart; done only then, so that what throws comes again.
  const auto duty = duty_of(mail);
  const Turn turn(entity_, what_of(mail));
  act_on(mail);
  if (duty) duty->done();
}

void Owner::act_on(Mail& mail) {
  if (auto* deliver = std::get_if<Deliver>(&mail)) return on(*deliver);
  if (auto* fire = std::get_if<Fire>(&mail)) return on(*fire);
  if (auto* dispatch = std::get_if<Dispatch>(&mail)) return on(*dispatch);
  if (auto* report = std::get_if<Report>(&mail)) return on(*report);
  if (auto* settle = std::get_if<Settle>(&mail)) return on(*settle);
}

void Owner::open() {
  phase_ = Phase::opening;
  state_.reset();
  recent_.clear();
  dispatching_.clear();
  marks_.clear();
  lane_ = std::make_shared<Lane>();
  lane_->core = core_;
  lane_->entity = entity_;
  lane_->activation = activation_;
  core_->outstanding.fetch_add(1);
  core_->log.open(entity_, [lane = lane_](Result<storage::Opened> opened) {
    // Behind what follows from the appends before it.
    lane->core->completion.pass([lane, opened = std::move(opened)]() mutable {
      lane->core->router->send_to(lane->entity, lane->activation, Opened{std::move(opened)});
      lane->core->outstanding.fetch_sub(1);
    });
  });
}

void Owner::on(Opened& opened) {
  if (!opened.opened) {
    auto& error = opened.opened.error();
    if (error.code != ErrorCode::unavailable) return restart(error.message());
    core_->log_failed(error);
    return stop(Phase::stopped, error);
  }
  const auto& found = *opened.opened;
  lane_->epoch = found.epoch;
  row_bytes_ = found.state ? found.state->size() : 0;
  bytes_since_row_ = 0;
  if (found.archived) return stop(Phase::archived, archived_error(entity_, *found.archived));
  if (found.sequence == 0) {
    return ready(std::make_unique<EntityState>(kind_, entity_, core_->facts.name));
  }
  if (found.state) {
    auto state = EntityState::from_row(kind_, entity_, *found.state);
    if (state->sequence() == found.sequence) return ready(std::move(state));
  }
  // More than a row to read: not on this thread.
  core_->readers->post([&core = *core_, &kind = kind_, entity = entity_, activation = activation_,
                        sequence = found.sequence] {
    core.router->send_to(entity, activation, Folded{folded(core, kind, entity, sequence)});
  });
}

void Owner::on(Folded& folded) {
  if (!folded.state) return restart(folded.state.error().message());
  ready(std::move(*folded.state));
}

void Owner::ready(std::unique_ptr<EntityState> state) {
  state_ = std::move(state);
  work_ = state_->entity().pending();
  index_ = std::make_shared<const kernel::IndexValues>(state_->entity().index());
  lane_->offset = state_->offset();
  phase_ = Phase::ready;
  while (phase_ == Phase::ready && !waiting_.empty()) {
    auto mail = std::move(waiting_.front());
    waiting_.pop_front();
    serve(mail);
  }
}

void Owner::on(Lost& lost) {
  if (phase_ != Phase::ready || lost.epoch != lane_->epoch) return;
  if (lost.why.code == ErrorCode::unavailable) return stop(Phase::stopped, lost.why);
  open();
}

void Owner::on(Passivate&) {
  const bool idle = phase_ == Phase::ready && lane_->settled();
  // What it is in quarantine for is remembered elsewhere.
  const bool shut = phase_ == Phase::quarantined || phase_ == Phase::archived;
  if (!idle && !shut) return core_->router->stay(entity_, activation_);
  if (lane_) core_->log.close(entity_, lane_->epoch);
  core_->router->leave(entity_, activation_);
}

void Owner::restart(std::string_view why) {
  core_->restarts.fetch_add(1);
  const auto name = to_string(entity_);
  if (core_->quarantine.failed(entity_, why)) {
    core_->report(name + " begins anew from the journal: " + std::string(why));
    return open();
  }
  core_->report(name + " is quarantined: " + std::string(why));
  shut();
}

void Owner::shut() {
  const auto cause = core_->quarantine.cause(entity_);
  stop(Phase::quarantined, quarantined_error(entity_, cause.value_or("it was just resumed")));
}

void Owner::stop(Phase phase, Error cause) {
  phase_ = phase;
  cause_ = std::move(cause);
  auto waiting = std::exchange(waiting_, {});
  for (auto& mail : waiting) turn_away(mail);
}

void Owner::turn_away(Mail& mail) {
  if (const auto duty = duty_of(mail)) duty->done();
  if (auto* deliver = std::get_if<Deliver>(&mail)) {
    auto error = cause_;
    if (error.code == ErrorCode::unavailable) error.instance = deliver->call->id();
    deliver->call->answer(std::unexpected(std::move(error)));
  } else if (auto* dispatch = std::get_if<Dispatch>(&mail)) {
    core_->effects->refused({entity_, dispatch->effect_id});
  } else if (auto* report = std::get_if<Report>(&mail)) {
    // Its end stays unknown here; the next start goes by the receiver's class.
    core_->report(to_string(entity_) + " could not record the end of effect " + report->effect_id +
                  ": " + report->outcome.evidence);
    core_->effects->refused({entity_, report->effect_id});
  }
}

}  // namespace nightshift::runtime::host
