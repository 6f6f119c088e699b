// What a task decides.
#include "actors/task/task.hpp"

#include "actors/task/content.hpp"
#include "actors/task/draft_id.hpp"
#include "actors/task/routing.hpp"
#include "messages/effects.pb.h"

namespace nightshift::actors {
namespace {

using namespace task_pb;
using kernel::Context;
using Events = Task::Events;

/// What somebody wrote to us is answered.
std::string kind_of(const Assignment& content) {
  return content.from().empty() ? content.type() : content.type() + " reply";
}

/// Gives it to an agent, by this node, or leaves it to a person.
void give(Events& events, const Assignment& content, task_pb::Route route,
          std::uint32_t assignments, const Context& context) {
  const bool drafts =
      context.node.executors.contains(effect::ComposeDraft::descriptor()->full_name());
  if (!route.agent().empty() && !drafts) {
    route.set_why("no agent runs on the node " + context.node.name);
    route.clear_agent();
  }
  if (route.agent().empty()) {
    LeftToPerson event;
    *event.mutable_route() = std::move(route);
    events.add(std::move(event));
    return;
  }
  Claimed event;
  event.set_claimed_by(context.node.role);
  event.set_assignment(context.fresh_id(0));
  event.set_draft(draft_id(route.channel(), kind_of(content), context.id, assignments + 1));
  *event.mutable_route() = std::move(route);
  *event.mutable_at() = to_proto(context.now);
  events.add(std::move(event));
}

Result<Events> edit(const Subject& subject, const Edit& command, const Context& context) {
  if (context.caller.agent && context.caller.principal != subject.requester()) {
    return fail(ErrorCode::forbidden, "an agent edits only what it handed in itself");
  }
  auto content = content_of(command, context);
  if (!content) return std::unexpected(std::move(content).error());
  if (!command.has_created()) *content->mutable_created() = subject.content().created();
  const auto digest = content_digest_of(*content);
  const bool same_agent = command.agent().empty() || command.agent() == subject.route().agent();
  if (digest == subject.digest() && same_agent) return Events();
  Edited event;
  *event.mutable_content() = *content;
  event.set_by(context.caller.principal);
  event.set_digest(digest);
  Events events = std::move(event);
  give(events, *content, route(*content, command.agent(), context.node.owners<RoutingTable>()),
       subject.assignments(), context);
  return events;
}

Result<Events> assign(const Subject& subject, const Assign& command, const Context& context) {
  if (context.caller.agent) {
    return fail(ErrorCode::forbidden, "an agent gives no task to an agent; a person does");
  }
  if (!Channel_IsValid(command.channel())) {
    return fail(ErrorCode::invalid,
                "channel is one of email, linkedin, whatsapp, odoo, facebook, instagram, x",
                "channel");
  }
  const auto route = route_to(subject.content(), command.agent(), command.channel(),
                              context.node.owners<RoutingTable>());
  if (route.agent().empty()) {
    return fail(ErrorCode::invalid,
                route.why() + "; name one of the sections [agent.NAME] of the configuration",
                "agent");
  }
  Events events;
  give(events, subject.content(), route, subject.assignments(), context);
  return events;
}

template <class Event>
Result<Events> ended_by_a_person(const auto& command, const Context& context) {
  if (context.caller.agent) {
    return fail(ErrorCode::forbidden, "an agent ends no task; a person does");
  }
  Event event;
  event.set_by(context.caller.principal);
  event.set_detail(command.reason());
  *event.mutable_at() = to_proto(context.now);
  return event;
}

Result<void> from_draft(const std::string& draft, const Context& context) {
  const auto& caller = context.caller;
  if (caller.host || caller.principal == "draft/" + draft) return {};
  return fail(ErrorCode::forbidden, "only draft/" + draft + " itself says that", "draft");
}

Result<Events> take_draft(const Subject& subject, const TakeDraft& command,
                          const Context& context) {
  if (auto theirs = from_draft(command.draft(), context); !theirs) {
    return std::unexpected(std::move(theirs).error());
  }
  if (command.assignment() != subject.assignment()) {
    return fail(ErrorCode::wrong_phase,
                "the task was given anew since this draft was begun; another draft is to come",
                "assignment");
  }
  DraftTaken event;
  event.set_draft(command.draft());
  Events events = event;
  events.tell(command.draft(), draft::Offer());
  return events;
}

/// Of another draft than the newest: of no consequence any more.
Result<Events> conclude(const Subject& subject, const Conclude& command, const Context& context) {
  if (auto theirs = from_draft(command.draft(), context); !theirs) {
    return std::unexpected(std::move(theirs).error());
  }
  if (command.draft() != subject.draft()) return Events();
  const auto& outcome = command.outcome();
  if (outcome == "failed" || outcome == "refused") {
    GotStuck event;
    event.set_draft(command.draft());
    event.set_detail("draft/" + command.draft() + " " + outcome + ": " + command.detail());
    return event;
  }
  const auto ended = [&]<class Event>(Event event) -> Result<Events> {
    event.set_by(context.caller.principal);
    event.set_detail(command.detail());
    *event.mutable_at() = to_proto(context.now);
    return event;
  };
  if (outcome == "sent") return ended(Finished());
  return ended(task_pb::Dropped());
}

}  // namespace

// ---- nothing yet

Result<Events> Task::decide(const Absent&, const Arrive& command, const Context& context) {
  if (context.caller.agent && !command.file().empty()) {
    return fail(ErrorCode::forbidden, "an agent's task names no file of the vault; leave it out",
                "file");
  }
  auto content = content_of(command, context);
  if (!content) return std::unexpected(std::move(content).error());
  Arrived event;
  event.set_task(std::string(context.id));
  *event.mutable_content() = *content;
  event.set_digest(content_digest_of(*content));
  event.set_file(command.file());
  event.set_requester(context.caller.principal);
  *event.mutable_at() = to_proto(context.now);
  Events events = std::move(event);
  give(events, *content, route(*content, command.agent(), context.node.owners<RoutingTable>()), 0,
       context);
  return events;
}

// ---- with a person

Result<Events> Task::decide(const Waiting& phase, const Edit& command, const Context& context) {
  return edit(phase.subject(), command, context);
}

Result<Events> Task::decide(const Waiting& phase, const Assign& command, const Context& context) {
  return assign(phase.subject(), command, context);
}

Result<Events> Task::decide(const Waiting&, const Close& command, const Context& context) {
  return ended_by_a_person<Finished>(command, context);
}

Result<Events> Task::decide(const Waiting&, const Drop& command, const Context& context) {
  return ended_by_a_person<task_pb::Dropped>(command, context);
}

// ---- with an agent

Result<Events> Task::decide(const Drafting& phase, const Edit& command, const Context& context) {
  return edit(phase.subject(), command, context);
}

Result<Events> Task::decide(const Drafting& phase, const Assign& command, const Context& context) {
  return assign(phase.subject(), command, context);
}

Result<Events> Task::decide(const Drafting&, const Close& command, const Context& context) {
  return ended_by_a_person<Finished>(command, context);
}

Result<Events> Task::decide(const Drafting&, const Drop& command, const Context& context) {
  return ended_by_a_person<task_pb::Dropped>(command, context);
}

Result<Events> Task::decide(const Drafting& phase, const TakeDraft& command,
                            const Context& context) {
  return take_draft(phase.subject(), command, context);
}

// ---- with its draft

Result<Events> Task::decide(const Drafted& phase, const Conclude& command, const Context& context) {
  return conclude(phase.subject(), command, context);
}

// ---- stuck

Result<Events> Task::decide(const Stuck& phase, const Edit& command, const Context& context) {
  return edit(phase.subject(), command, context);
}

Result<Events> Task::decide(const Stuck& phase, const Assign& command, const Context& context) {
  return assign(phase.subject(), command, context);
}

Result<Events> Task::decide(const Stuck& phase, const Retry&, const Context& context) {
  Assign again;
  again.set_agent(phase.subject().route().agent());
  again.set_channel(phase.subject().route().channel());
  return assign(phase.subject(), again, context);
}

Result<Events> Task::decide(const Stuck&, const Close& command, const Context& context) {
  return ended_by_a_person<Finished>(command, context);
}

Result<Events> Task::decide(const Stuck&, const Drop& command, const Context& context) {
  return ended_by_a_person<task_pb::Dropped>(command, context);
}

Result<Events> Task::decide(const Stuck& phase, const TakeDraft& command, const Context& context) {
  return take_draft(phase.subject(), command, context);
}

Result<Events> Task::decide(const Stuck& phase, const Conclude& command, const Context& context) {
  return conclude(phase.subject(), command, context);
}

}  // namespace nightshift::actors
