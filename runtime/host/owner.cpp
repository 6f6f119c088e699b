// The owner's life: opening, restarting, letting go.
#include "runtime/host/owner.hpp"

#include <exception>
#include <utility>

namespace nightshift::runtime::host {

Owner::Owner(std::shared_ptr<Core> core, const kernel::Kind& kind, EntityRef entity,
             std::uint64_t activation)
    : core_(std::move(core)), kind_(kind), entity_(std::move(entity)), activation_(activation) {}

void Owner::receive(Mail mail) {
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
    waiting_.push_back(std::move(mail));
    if (first) open();
    return;
  }
  serve(mail);
}

void Owner::serve(Mail& mail) {
  if (phase_ != Phase::ready) return turn_away(mail);
  if (auto* deliver = std::get_if<Deliver>(&mail)) return on(*deliver);
  if (auto* fire = std::get_if<Fire>(&mail)) return on(*fire);
  if (auto* dispatch = std::get_if<Dispatch>(&mail)) return on(*dispatch);
  if (auto* report = std::get_if<Report>(&mail)) return on(*report);
}

void Owner::open() {
  phase_ = Phase::opening;
  state_.reset();
  recent_.clear();
  lane_ = std::make_shared<Lane>();
  lane_->core = core_;
  lane_->entity = entity_;
  lane_->activation = activation_;
  core_->outstanding.fetch_add(1);
  core_->log.open(entity_, [lane = lane_](Result<storage::Opened> opened) {
    lane->core->router->send_to(lane->entity, lane->activation, Opened{std::move(opened)});
    lane->core->outstanding.fetch_sub(1);
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
    auto state = EntityState::load(core.log, kind, entity, sequence);
    core.router->send_to(entity, activation, Folded{std::move(state)});
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
  if (!idle) return core_->router->stay(entity_, activation_);
  core_->log.close(entity_, lane_->epoch);
  core_->router->leave(entity_, activation_);
}

void Owner::restart(std::string_view why) {
  const auto now = core_->clock.elapsed();
  core_->restarts.fetch_add(1);
  restarts_.push_back(now);
  while (restarts_.front() + restarts_period < now) restarts_.pop_front();
  const auto name = to_string(entity_);
  if (restarts_.size() <= restarts_max) {
    core_->report(name + " begins anew from the journal: " + std::string(why));
    return open();
  }
  core_->report(name + " is quarantined: " + std::string(why));
  stop(Phase::quarantined, {ErrorCode::quarantined,
                            name + " failed " + std::to_string(restarts_.size()) +
                                " times and is quarantined: " + std::string(why) +
                                "; other entities go on, start the node again to resume it",
                            name});
}

void Owner::stop(Phase phase, Error cause) {
  phase_ = phase;
  cause_ = std::move(cause);
  auto waiting = std::exchange(waiting_, {});
  for (auto& mail : waiting) turn_away(mail);
}

void Owner::turn_away(Mail& mail) {
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
