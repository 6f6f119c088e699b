// The owner and effects: what may be dispatched, and what became of it.
#include <utility>

#include "messages/gate.hpp"
#include "messages/host.pb.h"
#include "runtime/host/owner.hpp"

namespace nightshift::runtime::host {
namespace {

using ::nightshift::host::Dispatched;
using ::nightshift::host::Ended;

Permit permit_of(const kernel::Effect& effect, std::uint32_t attempt, Canonical content) {
  return {.effect_id = effect.id,
          .attempt = attempt,
          .payload = effect.payload,
          .content = std::move(content),
          .gated = effect.gate.has_value()};
}

}  // namespace

Result<Canonical> Owner::open_gate(const kernel::Effect& effect) {
  if (!effect.gate) return Canonical();
  return nightshift::open_gate(*effect.gate, authority(), core_->facts.name, core_->clock.now());
}

void Owner::on(Dispatch& dispatch) {
  const EffectKey key{entity_, dispatch.effect_id};
  const auto* wanted = work_.find_effect(dispatch.effect_id);
  const auto* progress = state_->progress(dispatch.effect_id);
  const auto attempts = progress == nullptr ? 0 : progress->attempts();
  if (progress != nullptr && progress->dispatched()) {
    return recover(key, wanted, attempts, dispatch.why);
  }
  const bool over = progress != nullptr && (progress->last() || attempts >= effect_attempts_max);
  if (wanted == nullptr || over) return core_->effects->refused(key);
  auto content = open_gate(*wanted);
  if (!content) {
    Outcome outcome{EFFECT_STATE_FAILED_BEFORE_EFFECT,
                    "not sent: " + std::string(content.error().message())};
    return end(key, attempts + 1, std::move(outcome), true, dispatch.why);
  }
  core_->point("before_dispatch");
  auto event = std::make_unique<Dispatched>();
  event->set_effect_id(key.id);
  event->set_attempt(attempts + 1);
  if (wanted->gate) event->set_digest(wanted->gate->digest());
  event->set_boot_epoch(core_->boot_epoch);
  Change change;
  change.cause = dispatch.why.cause();
  change.correlation = dispatch.why.correlation();
  change.principal = kernel::Caller::of_host().principal;
  change.decided_at = core_->clock.now();
  change.then = [key, permit = permit_of(*wanted, attempts + 1, std::move(*content))](
                    Core& core, bool written) mutable {
    if (!written) return core.effects->later(key);
    core.point("after_dispatch");
    core.effects->dispatched(key, std::move(permit));
  };
  change.events.push_back(std::move(event));
  commit(std::move(change));
}

void Owner::recover(const EffectKey& key, const kernel::Effect* wanted, std::uint32_t attempt,
                    const WorkValue& why) {
  if (wanted == nullptr) {
    Outcome outcome{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
                    "the node stopped in the middle, and " + to_string(entity_) +
                        " does not say any more what was sent; look at the receiver"};
    return end(key, attempt, std::move(outcome), true, why);
  }
  auto content = open_gate(*wanted);
  const bool may_act = content.has_value();
  // To look at the receiver it takes the content, not the permission.
  if (!may_act) content = Canonical::decode(wanted->gate->content());
  core_->effects->recover(key, permit_of(*wanted, attempt, content ? *content : Canonical()),
                          may_act);
}

void Owner::on(Report& report) {
  core_->point("before_ended");
  const EffectKey key{entity_, report.effect_id};
  const auto* progress = state_->progress(report.effect_id);
  // Told twice: the first report was written after all.
  if (progress == nullptr || !progress->dispatched()) return core_->effects->refused(key);
  const bool again = report.outcome.state == EFFECT_STATE_FAILED_BEFORE_EFFECT &&
                     report.attempt < effect_attempts_max;
  end(key, report.attempt, std::move(report.outcome), !again, report.why);
}

void Owner::end(const EffectKey& key, std::uint32_t attempt, Outcome outcome, bool last,
                const WorkValue& why) {
  auto event = std::make_unique<Ended>();
  event->set_effect_id(key.id);
  event->set_attempt(attempt);
  event->set_state(outcome.state);
  event->set_evidence(std::move(outcome.evidence));
  event->set_last(last);
  Change change;
  change.cause = why.cause();
  change.correlation = why.correlation();
  change.principal = kernel::Caller::of_host().principal;
  change.decided_at = core_->clock.now();
  change.ended_effect = key.id;
  change.then = [key, attempt, state = outcome.state, last](Core& core, bool written) {
    if (!written) return core.effects->later(key);
    core.effects->ended(key, attempt, state, last);
  };
  change.events.push_back(std::move(event));
  commit(std::move(change));
}

}  // namespace nightshift::runtime::host
