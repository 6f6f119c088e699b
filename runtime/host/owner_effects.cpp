// The owner and effects: what may be dispatched, and what became of it.
#include <utility>

#include "messages/gate.hpp"
#include "messages/host.pb.h"
#include "messages/text.hpp"
#include "runtime/host/owner.hpp"
#include "runtime/kernel/allowance.hpp"

namespace nightshift::runtime::host {
namespace {

using ::nightshift::host::Dispatched;
using ::nightshift::host::Ended;

Permit permit_of(const kernel::Effect& effect, std::uint32_t attempt, Canonical content,
                 Time dispatched_at) {
  return {.effect_id = effect.id,
          .attempt = attempt,
          .payload = effect.payload,
          .content = std::move(content),
          .gated = effect.gate.has_value(),
          .dispatched_at = dispatched_at};
}

/// Found undone after the node had stopped in the middle.
bool interrupted(const Report& report) {
  return report.recovered && report.outcome.state == EFFECT_STATE_FAILED_BEFORE_EFFECT;
}

/// How many attempts failed, if the host may try again by itself.
std::optional<std::uint32_t> failures(const EffectProgress& progress, std::uint32_t interruptions) {
  const auto failed = progress.attempts() - interruptions;
  if (failed >= effect_attempts_max || interruptions > effect_interruptions_max) return {};
  return failed;
}

/// It may have been dispatched in what a restored backup does not hold.
bool is_doubtful(const WorkValue& why, const EffectProgress* progress) {
  const auto known = progress == nullptr ? 0 : progress->dispatched_at_us();
  return known < why.doubtful_since_us();
}

}  // namespace

Result<Owner::Right> Owner::right_to(const kernel::Effect& effect) {
  const auto grant = kernel::right_to_act(core_->facts, effect.type, effect.gate.has_value());
  if (!grant) return std::unexpected(grant.error());
  if (!effect.gate) {
    auto covered =
        core_->effects->covered(effect.type, permit_of(effect, 1, Canonical(), core_->clock.now()));
    if (!covered) return std::unexpected(covered.error());
    return Right{{}, *grant};
  }
  auto content = open_gate(*effect.gate, authority(), core_->facts.name, core_->clock.now(),
                           core_->facts.owners<MovePolicy>());
  if (!content) return std::unexpected(content.error());
  return Right{std::move(*content), *grant};
}

void Owner::on(Dispatch& dispatch) {
  const EffectKey key{entity_, dispatch.effect_id};
  const auto* wanted = work_.find_effect(dispatch.effect_id);
  const auto* progress = state_->progress(dispatch.effect_id);
  const auto attempts = progress == nullptr ? 0 : progress->attempts();
  // What follows from that is not to be recovered.
  if (dispatching(key.id)) return core_->effects->later(key);
  if (progress != nullptr && progress->dispatched()) {
    return recover(key, wanted, attempts, dispatch.why);
  }
  const bool over =
      progress != nullptr && (progress->last() || !failures(*progress, progress->interruptions()));
  if (wanted == nullptr || over) return core_->effects->refused(key);
  if (is_doubtful(dispatch.why, progress)) {
    return doubt(key, *wanted, attempts + 1, dispatch.why);
  }
  auto right = right_to(*wanted);
  if (!right) {
    Outcome outcome{EFFECT_STATE_FAILED_BEFORE_EFFECT,
                    "not sent: " + std::string(right.error().message())};
    return end({key.id, attempts + 1, std::move(outcome), false, dispatch.why}, {});
  }
  core_->point("before_dispatch");
  auto event = std::make_unique<Dispatched>();
  event->set_effect_id(key.id);
  event->set_attempt(attempts + 1);
  if (wanted->gate) event->set_digest(wanted->gate->digest());
  event->set_boot_epoch(core_->boot_epoch);
  event->set_grant(right->grant);
  Change change;
  change.cause = dispatch.why.cause();
  change.correlation = dispatch.why.correlation();
  change.principal = kernel::Caller::of_host().principal;
  change.decided_at = core_->clock.now();
  change.then = [key, why = dispatch.why,
                 permit = permit_of(*wanted, attempts + 1, std::move(right->content),
                                    change.decided_at)](Core& core, bool written) mutable {
    if (!written) return core.effects->later(key);
    core.point("after_dispatch");
    core.effects->dispatched(key, std::move(permit), why);
  };
  change.events.push_back(std::move(event));
  dispatching_[key.id] = lane_->submitted + 1;
  commit(std::move(change));
}

void Owner::doubt(const EffectKey& key, const kernel::Effect& wanted, std::uint32_t attempt,
                  const WorkValue& why) {
  auto event = std::make_unique<Dispatched>();
  event->set_effect_id(key.id);
  event->set_attempt(attempt);
  if (wanted.gate) event->set_digest(wanted.gate->digest());
  // An earlier run's, so that it is recovered.
  event->set_boot_epoch(core_->boot_epoch - 1);
  event->set_assumed(true);
  Change change;
  change.cause = why.cause();
  change.correlation = why.correlation();
  change.principal = kernel::Caller::of_host().principal;
  // What the receiver remembers is counted from here: it was not earlier.
  change.decided_at = time_from_us(why.doubtful_since_us());
  change.then = [key](Core& core, bool written) {
    written ? core.effects->at_once(key) : core.effects->later(key);
  };
  change.events.push_back(std::move(event));
  commit(std::move(change));
}

bool Owner::dispatching(const std::string& effect_id) {
  std::erase_if(dispatching_,
                [&](const auto& under_way) { return under_way.second <= lane_->answered; });
  return dispatching_.contains(effect_id);
}

void Owner::recover(const EffectKey& key, const kernel::Effect* wanted, std::uint32_t attempt,
                    const WorkValue& why) {
  if (wanted == nullptr) {
    Outcome outcome{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
                    "the node stopped in the middle, and " + to_string(entity_) +
                        " does not say any more what was sent; look at the receiver"};
    return end({key.id, attempt, std::move(outcome), true, why}, {});
  }
  const auto right = right_to(*wanted);
  // To look at the receiver it takes the content, not the permission.
  auto content = right ? right->content : Canonical();
  if (!right && wanted->gate) {
    content = Canonical::decode(wanted->gate->content()).value_or(Canonical());
  }
  const auto dispatched_at = time_from_us(state_->progress(key.id)->dispatched_at_us());
  core_->effects->recover(key, permit_of(*wanted, attempt, std::move(content), dispatched_at),
                          right.has_value());
}

void Owner::on(Report& report) {
  core_->point("before_ended");
  const EffectKey key{entity_, report.effect_id};
  const auto* progress = state_->progress(report.effect_id);
  // Told twice: the first report was written after all.
  if (progress == nullptr || !progress->dispatched()) return core_->effects->refused(key);
  const auto interruptions = progress->interruptions() + (interrupted(report) ? 1 : 0);
  std::optional<std::uint32_t> again;
  if (report.outcome.state == EFFECT_STATE_FAILED_BEFORE_EFFECT && !report.outcome.refused) {
    again = failures(*progress, interruptions);
  }
  end(std::move(report), again);
}

void Owner::end(Report report, std::optional<std::uint32_t> again) {
  const EffectKey key{entity_, report.effect_id};
  auto event = std::make_unique<Ended>();
  event->set_effect_id(key.id);
  event->set_attempt(report.attempt);
  event->set_state(report.outcome.state);
  event->set_interrupted(interrupted(report));
  event->set_evidence(readable(report.outcome.evidence));
  event->set_last(!again);
  Change change;
  change.cause = report.why.cause();
  change.correlation = report.why.correlation();
  change.principal = kernel::Caller::of_host().principal;
  change.decided_at = core_->clock.now();
  change.ended_effect = key.id;
  change.then = [key, state = report.outcome.state, again](Core& core, bool written) {
    if (!written) return core.effects->later(key);
    core.effects->ended(key, state, again);
  };
  change.events.push_back(std::move(event));
  commit(std::move(change));
}

}  // namespace nightshift::runtime::host
