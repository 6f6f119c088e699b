// The errand's rules.
#include "tests/support/kinds/errand.hpp"

#include <algorithm>
#include <stdexcept>

#include "runtime/kernel/lift.hpp"

namespace nightshift::tests {

using namespace errand_pb;
using Events = Errand::Events;
using Phase = Errand::State;

namespace {

Ordered ordered(const Order& command, const kernel::Context& context) {
  Ordered event;
  event.set_effect_id(context.fresh_id(0));
  event.set_note(command.note());
  event.set_gated(command.gated());
  return event;
}

Errand::Over over(const char* how) {
  Errand::Over phase;
  phase.set_how(how);
  return phase;
}

Errand::Waiting waiting(const auto& from) {
  Errand::Waiting phase;
  phase.set_effect_id(from.effect_id());
  phase.set_note(from.note());
  phase.set_gated(from.gated());
  return phase;
}

kernel::Work ship(const auto& phase) {
  Ship effect;
  effect.set_note(phase.note());
  std::optional<Gate> gate;
  if (phase.gated()) gate.emplace().set_approvers_needed(1);
  return kernel::Work().effect(phase.effect_id(), effect, gate);
}

}  // namespace

Result<Events> Errand::decide(const Absent&, const Order& command, const Context& context) {
  return ordered(command, context);
}

Result<Events> Errand::decide(const Reserved&, const Order& command, const Context& context) {
  return ordered(command, context);
}

Result<Events> Errand::decide(const Absent&, const Reserve& command, const Context&) {
  errand_pb::Reserved event;
  *event.mutable_until() = command.until();
  return event;
}

Result<Events> Errand::decide(const Absent&, const Note& command, const Context&) {
  Noted event;
  event.set_text(command.text());
  Events events;
  for (auto copies = std::max(1u, command.copies()); copies > 0; --copies) events.add(event);
  return events;
}

Result<Events> Errand::decide(const Written&, const Note& command, const Context& context) {
  return decide(Absent(), command, context);
}

Result<Events> Errand::decide(const Reserved&, const Cancel&, const Context&) {
  return Cancelled();
}
Result<Events> Errand::decide(const Waiting&, const Cancel&, const Context&) { return Cancelled(); }
Result<Events> Errand::decide(const Reserved& phase, const Expire&, const Context& context) {
  if (context.now < from_proto(phase.until())) return fail(ErrorCode::invalid, "too early");
  return Expired();
}
Result<Events> Errand::decide(const Written&, const Throw&, const Context&) {
  throw std::runtime_error("a bug in decide");
}
Result<Events> Errand::decide(const Written&, const Spoil&, const Context&) { return Spoilt(); }
Result<Events> Errand::decide(const Written&, const Loop&, const Context&) {
  while (errands_loop) continue;
  return Events();
}

Phase Errand::evolve(Absent&&, const Ordered& event) { return waiting(event); }
Phase Errand::evolve(Reserved&&, const Ordered& event) { return waiting(event); }
Phase Errand::evolve(Absent&&, const errand_pb::Reserved& event) {
  Reserved phase;
  *phase.mutable_until() = event.until();
  return phase;
}
Phase Errand::evolve(Absent&&, const Noted& event) { return evolve(Written(), event); }
Phase Errand::evolve(Written&& phase, const Noted& event) {
  phase.add_texts(event.text());
  return std::move(phase);
}
Phase Errand::evolve(Reserved&&, const Cancelled&) { return over("cancelled"); }
Phase Errand::evolve(Reserved&&, const Expired&) { return over("expired"); }
Phase Errand::evolve(Waiting&&, const Cancelled&) { return over("cancelled"); }
Phase Errand::evolve(Waiting&& phase, const host::Dispatched&) {
  Moving moving;
  moving.set_effect_id(phase.effect_id());
  moving.set_note(phase.note());
  moving.set_gated(phase.gated());
  return moving;
}
Phase Errand::evolve(Waiting&&, const host::Ended&) { return over("failed"); }
Phase Errand::evolve(Moving&& phase, const host::Ended& event) {
  switch (event.state()) {
    case EFFECT_STATE_COMMITTED: return over("delivered");
    case EFFECT_STATE_FAILED_BEFORE_EFFECT: break;
    default: return over("unknown");
  }
  if (event.last()) return over("failed");
  return waiting(phase);
}

kernel::Work Errand::pending(const Reserved& phase) {
  return kernel::Work().deadline("expire", from_proto(phase.until()), Expire());
}
kernel::Work Errand::pending(const Waiting& phase) { return ship(phase); }
kernel::Work Errand::pending(const Moving& phase) { return ship(phase); }

View Errand::view(const Reserved&) { return {}; }
View Errand::view(const Waiting&) { return {}; }
View Errand::view(const Moving&) { return {}; }
View Errand::view(const Over& phase) {
  View view;
  view.set_how(phase.how());
  return view;
}
View Errand::view(const Written& phase) {
  View view;
  view.set_texts(static_cast<std::uint32_t>(phase.texts_size()));
  return view;
}

kernel::Work ErrandDerivedAnew::pending(const Reserved& phase) {
  const auto due = from_proto(phase.until()) + std::chrono::minutes(1);
  return kernel::Work().deadline("lapse", due, Expire());
}

kernel::Work ErrandDerivedAnew::pending(const Moving&) { return {}; }

View ErrandDerivedAnew::view(const Reserved&) {
  View view;
  view.set_how("reserved");
  return view;
}

Phase ErrandFoldedAnew::evolve(Absent&&, const Noted& event) { return evolve(Written(), event); }
Phase ErrandFoldedAnew::evolve(Written&&, const Noted& event) {
  Written phase;
  phase.add_texts(event.text());
  return phase;
}

Phase ErrandUnfoldable::evolve(Absent&&, const Noted&) {
  throw std::runtime_error("a bug in evolve");
}

Result<Events> ErrandStubborn::decide(const Reserved&, const Expire&, const Context&) {
  return fail(ErrorCode::already_decided, "it stays");
}

Result<Events> ErrandFailing::decide(const Reserved&, const Expire&, const Context&) {
  throw std::runtime_error("a bug in decide");
}

std::unique_ptr<const kernel::Kind> errand_kind() { return kernel::lift<Errand>(); }
std::unique_ptr<const kernel::Kind> errand_kind_derived_anew() {
  return kernel::lift<ErrandDerivedAnew>();
}
std::unique_ptr<const kernel::Kind> errand_kind_folded_anew() {
  return kernel::lift<ErrandFoldedAnew>();
}
std::unique_ptr<const kernel::Kind> errand_kind_stubborn() {
  return kernel::lift<ErrandStubborn>();
}
std::unique_ptr<const kernel::Kind> errand_kind_failing() { return kernel::lift<ErrandFailing>(); }
std::unique_ptr<const kernel::Kind> errand_kind_all_anew() { return kernel::lift<ErrandAllAnew>(); }
std::unique_ptr<const kernel::Kind> errand_kind_unfoldable() {
  return kernel::lift<ErrandUnfoldable>();
}

}  // namespace nightshift::tests
