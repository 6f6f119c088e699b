// What an action decides, how its events move it on, and what is seen of it.
#include "actors/action/action.hpp"

#include <algorithm>

#include "messages/crypto.hpp"
#include "messages/tool_call.pb.h"

namespace nightshift::actors {

using namespace action_pb;

namespace {

using kernel::Context;
using Events = Action::Events;
using State = Action::State;

/// What the node has found out for exactly this call; null where it has not.
const Canonical* found_for(const Call& command, const Context& context) {
  const auto executor = context.node.executors.find(effect::CallTool::descriptor()->full_name());
  if (executor == context.node.executors.end()) return nullptr;
  const auto fits = [&](const auto& target) {
    const auto& facts = target.second;
    return facts.find("server") == command.server() && facts.find("tool") == command.tool() &&
           facts.find("asked") == command.arguments();
  };
  const auto found = std::ranges::find_if(executor->second, fits);
  return found == executor->second.end() ? nullptr : &found->second;
}

template <class To>
To about(auto& from) {
  To to;
  *to.mutable_subject() = std::move(*from.mutable_subject());
  return to;
}

/// Everything but the result, which is of one attempt.
template <class To>
To with_call(auto& from) {
  auto to = about<To>(from);
  to.set_effect_id(from.effect_id());
  to.set_arguments(from.arguments());
  to.set_pin(from.pin());
  to.set_repeatable(from.repeatable());
  return to;
}

template <class To>
To closed(auto& from, const std::string& evidence, const std::string& result) {
  auto to = about<To>(from);
  to.set_evidence(evidence);
  to.set_result(result);
  return to;
}

State begun(Subject subject, const action_pb::Begun& event) {
  Action::Begun phase;
  *phase.mutable_subject() = std::move(subject);
  *phase.mutable_until() = event.until();
  return phase;
}

kernel::Work the_call(const auto& phase) {
  effect::CallTool message;
  message.set_effect_id(phase.effect_id());
  message.set_source(phase.subject().id());
  message.set_server(phase.subject().server());
  message.set_tool(phase.subject().tool());
  message.set_arguments(phase.arguments());
  message.set_pin(phase.pin());
  message.set_repeatable(phase.repeatable());
  kernel::Work work;
  work.effect(phase.effect_id(), message);
  return work;
}

Result<Events> begin(const Begin& command) {
  action_pb::Begun event;
  *event.mutable_subject() = command.subject();
  *event.mutable_until() = command.until();
  return event;
}

Concluded conclusion(Outcome outcome, const std::string& evidence, const Context& context) {
  Concluded event;
  event.set_outcome(outcome);
  event.set_evidence(evidence);
  event.set_detail(evidence);
  *event.mutable_at() = to_proto(context.now);
  return event;
}

View shown(const auto& phase) {
  const auto& subject = phase.subject();
  View view;
  view.set_server(subject.server());
  view.set_tool(subject.tool());
  view.set_requester(subject.requester());
  view.set_intent(subject.intent());
  view.set_arguments_sha256(subject.arguments_sha256());
  view.set_approval(subject.approval());
  *view.mutable_at() = subject.at();
  const auto day = to_rfc3339(from_proto(subject.at())).substr(0, 10);
  view.set_file("Logs/MCP_Actions/" + day + ".md");
  if constexpr (requires { phase.evidence(); }) view.set_evidence(phase.evidence());
  if constexpr (requires { phase.result(); }) view.set_result(phase.result());
  return view;
}

}  // namespace

// ---- a free tool

Result<Events> Action::decide(const Absent&, const Call& command, const Context& context) {
  const auto* facts = found_for(command, context);
  if (facts == nullptr) {
    return fail(ErrorCode::no_executor,
                "the node " + context.node.name + " has not looked at the tool " + command.tool() +
                    " of the MCP server " + command.server() + "; is it a local node?",
                "tool");
  }
  const auto fact = [&](std::string_view name) {
    return std::string(facts->find(name).value_or(""));
  };
  Asked event;
  auto& subject = *event.mutable_subject();
  subject.set_server(command.server());
  subject.set_tool(command.tool());
  subject.set_intent(command.intent());
  subject.set_arguments_sha256(to_hex(as_bytes(sha256(fact("arguments")))));
  subject.set_requester(context.caller.principal);
  subject.set_id(std::string(context.id));
  *subject.mutable_at() = to_proto(context.now);
  event.set_effect_id(context.fresh_id(0));
  event.set_arguments(fact("arguments"));
  event.set_pin(fact("pin"));
  event.set_repeatable(fact("class") == "keyed");
  return event;
}

Result<Events> Action::decide(const Calling&, const End& command, const Context& context) {
  Answered event;
  if (command.result().size() <= result_bytes_max) event.set_result(command.result());
  *event.mutable_at() = to_proto(context.now);
  return event;
}

Result<Events> Action::decide(const Unknown&, const Resolve& command, const Context& context) {
  if (context.caller.agent) {
    return fail(ErrorCode::forbidden,
                "an agent never says what became of an action; a person has to");
  }
  const auto outcome = command.outcome();
  if (outcome != Resolve::OUTCOME_COMMITTED && outcome != Resolve::OUTCOME_FAILED) {
    return fail(ErrorCode::invalid, "outcome is committed or failed", "outcome");
  }
  Resolved event;
  event.set_by(context.caller.principal);
  event.set_outcome(outcome);
  event.set_evidence(command.evidence());
  return event;
}

State Action::evolve(Absent&&, const Asked& event) {
  Wanted wanted;
  *wanted.mutable_subject() = event.subject();
  wanted.set_effect_id(event.effect_id());
  wanted.set_arguments(event.arguments());
  wanted.set_pin(event.pin());
  wanted.set_repeatable(event.repeatable());
  return wanted;
}

State Action::evolve(Wanted&& phase, const host::Dispatched&) { return with_call<Calling>(phase); }

State Action::evolve(Wanted&& phase, const host::Ended& event) {
  switch (event.state()) {
    case EFFECT_STATE_COMMITTED: return closed<Succeeded>(phase, event.evidence(), {});
    case EFFECT_STATE_UNKNOWN_AFTER_DISPATCH: return closed<Unknown>(phase, event.evidence(), {});
    default: return closed<Failed>(phase, event.evidence(), {});
  }
}

State Action::evolve(Calling&& phase, const Answered& event) {
  phase.set_result(event.result());
  return std::move(phase);
}

State Action::evolve(Calling&& phase, const host::Ended& event) {
  const auto result = phase.result();
  switch (event.state()) {
    case EFFECT_STATE_COMMITTED: return closed<Succeeded>(phase, event.evidence(), result);
    case EFFECT_STATE_FAILED_BEFORE_EFFECT:
      if (!event.last()) return with_call<Wanted>(phase);
      return closed<Failed>(phase, event.evidence(), result);
    default: return closed<Unknown>(phase, event.evidence(), result);
  }
}

State Action::evolve(Unknown&& phase, const host::Ended& event) {
  const auto result = phase.result();
  switch (event.state()) {
    case EFFECT_STATE_COMMITTED: return closed<Succeeded>(phase, event.evidence(), result);
    case EFFECT_STATE_FAILED_BEFORE_EFFECT: return closed<Failed>(phase, event.evidence(), result);
    default: return std::move(phase);
  }
}

State Action::evolve(Unknown&& phase, const Resolved& event) {
  const auto result = phase.result();
  const auto words = event.by() + ": " + event.evidence();
  if (event.outcome() == Resolve::OUTCOME_COMMITTED) {
    return closed<Succeeded>(phase, words, result);
  }
  return closed<Failed>(phase, words, result);
}

// ---- an approved call

Result<Events> Action::decide(const Absent&, const Begin& command, const Context&) {
  return begin(command);
}
Result<Events> Action::decide(const Action::Begun&, const Begin& command, const Context&) {
  return begin(command);
}
Result<Events> Action::decide(const Failed&, const Begin& command, const Context&) {
  return begin(command);
}
Result<Events> Action::decide(const Doubtful&, const Begin& command, const Context&) {
  return begin(command);
}

Result<Events> Action::decide(const Action::Begun&, const End& command, const Context& context) {
  auto event = conclusion(command.outcome(), command.evidence(), context);
  if (command.result().size() <= result_bytes_max) event.set_result(command.result());
  return event;
}

Result<Events> Action::decide(const Action::Begun& phase, const Lapse&, const Context& context) {
  if (context.now < from_proto(phase.until())) return Events();
  return conclusion(OUTCOME_UNKNOWN,
                    "nobody has written down how it ended; approval/" + phase.subject().approval() +
                        " says what is known",
                    context);
}

State Action::evolve(Absent&&, const action_pb::Begun& event) {
  return begun(event.subject(), event);
}
State Action::evolve(Action::Begun&&, const action_pb::Begun& event) {
  return begun(event.subject(), event);
}
State Action::evolve(Failed&&, const action_pb::Begun& event) {
  return begun(event.subject(), event);
}
State Action::evolve(Doubtful&&, const action_pb::Begun& event) {
  return begun(event.subject(), event);
}

State Action::evolve(Action::Begun&& phase, const Concluded& event) {
  switch (event.outcome()) {
    case OUTCOME_SUCCEEDED: return closed<Succeeded>(phase, event.evidence(), event.result());
    case OUTCOME_FAILED: return closed<Failed>(phase, event.evidence(), event.result());
    default: return closed<Doubtful>(phase, event.evidence(), event.result());
  }
}

// ---- under way, shown

kernel::Work Action::pending(const Wanted& phase) { return the_call(phase); }
kernel::Work Action::pending(const Calling& phase) { return the_call(phase); }

kernel::Work Action::pending(const Action::Begun& phase) {
  kernel::Work work;
  work.deadline("lapse", from_proto(phase.until()), Lapse());
  return work;
}

Action::View Action::view(const Wanted& phase) { return shown(phase); }
Action::View Action::view(const Calling& phase) { return shown(phase); }
Action::View Action::view(const Action::Begun& phase) { return shown(phase); }
Action::View Action::view(const Succeeded& phase) { return shown(phase); }
Action::View Action::view(const Failed& phase) { return shown(phase); }
Action::View Action::view(const Unknown& phase) { return shown(phase); }
Action::View Action::view(const Doubtful& phase) { return shown(phase); }

}  // namespace nightshift::actors
