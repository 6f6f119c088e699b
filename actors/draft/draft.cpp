// What a draft decides.
#include "actors/draft/draft.hpp"

#include <algorithm>
#include <array>

#include "actors/draft/wording.hpp"
#include "messages/effects.pb.h"
#include "messages/placement.pb.h"

namespace nightshift::actors {
namespace {

using namespace draft_pb;
using kernel::Context;
using Events = Draft::Events;

/// After these the task hears of it; the words are the approval's.
constexpr std::array<std::string_view, 5> outcomes{"sent", "failed", "rejected", "withdrawn",
                                                   "expired"};

/// Its own id, then with a number behind it.
std::string approval_id(const Subject& subject, const Context& context) {
  const auto n = subject.proposals() + 1;
  const std::string id(context.id);
  return n == 1 ? id : id + "-" + std::to_string(n);
}

std::string webhook_of(const Subject& subject, const Context& context) {
  const auto& agents = context.node.owners<RoutingTable>().agents();
  const auto found = std::ranges::find(agents, subject.agent(), &AgentRoute::name);
  return found == agents.end() ? "" : found->webhook();
}

/// By which a mail may leave this node.
kernel::Targets mail_accounts(const Context& context) {
  const auto& executors = context.node.executors;
  const auto found = executors.find(effect::SendMail::descriptor()->full_name());
  return found == executors.end() ? kernel::Targets() : found->second;
}

Result<void> propose(Events& events, const Subject& subject, const Context& context) {
  const auto proposal =
      proposal_of(subject.content(), webhook_of(subject, context), mail_accounts(context));
  if (!proposal) return std::unexpected(proposal.error());
  Proposed event;
  event.set_approval(approval_id(subject, context));
  *event.mutable_at() = to_proto(context.now);
  const auto id = event.approval();
  events.add(std::move(event));
  events.tell(id, *proposal);
  return {};
}

/// True where approvals are at home at a node that may send: at this one, or it knows which.
bool may_propose(const Context& context) {
  return context.node.role != "cloud" ||
         context.node.owners<Placement>().homes().contains("approval");
}

/// At once where it may be proposed; elsewhere it waits.
Result<Events> offer(Events events, const Subject& subject, const Context& context) {
  if (!may_propose(context)) return events;
  if (auto proposed = propose(events, subject, context); !proposed) {
    return std::unexpected(std::move(proposed).error());
  }
  return events;
}

Result<Events> propose_by_hand(const Subject& subject, const Context& context) {
  if (!may_propose(context)) {
    return fail(ErrorCode::no_executor,
                "the node " + context.node.name +
                    " is a cloud node and only drafts: propose it on a local node, which may send, "
                    "or let both form a cluster");
  }
  return offer(Events(), subject, context);
}

void tell_task(Events& events, const Subject& subject, std::string_view outcome,
               const std::string& detail, const Context& context) {
  if (subject.task().empty()) return;
  task::Conclude command;
  command.set_draft(std::string(context.id));
  command.set_outcome(std::string(outcome));
  command.set_detail(detail);
  events.tell(subject.task(), command);
}

Result<Events> edit(const Subject& subject, const Edit& command, const Context& context) {
  if (context.caller.agent && context.caller.principal != subject.requester()) {
    return fail(ErrorCode::forbidden, "an agent edits only what it wrote itself");
  }
  auto content = edited(subject.content(), command);
  if (!content) return std::unexpected(std::move(content).error());
  auto digest = content_digest_of(*content);
  if (digest == subject.digest()) return Events();
  Edited event;
  *event.mutable_content() = std::move(*content);
  event.set_by(context.caller.principal);
  event.set_digest(std::move(digest));
  return event;
}

Result<Events> discard(const Subject& subject, const Discard& command, const Context& context) {
  if (context.caller.agent) {
    return fail(ErrorCode::forbidden, "an agent throws no draft away; a person does");
  }
  Discarded event;
  event.set_by(context.caller.principal);
  event.set_reason(command.reason());
  *event.mutable_at() = to_proto(context.now);
  Events events = std::move(event);
  tell_task(events, subject, "discarded", command.reason(), context);
  return events;
}

Result<Events> follow(const Subject& subject, const Follow& command, const Context& context) {
  const bool its_own = context.caller.principal == "approval/" + subject.approval();
  if (!its_own && !context.caller.host) {
    return fail(ErrorCode::forbidden, "only approval/" + subject.approval() + " itself says that",
                "approval");
  }
  if (std::ranges::find(outcomes, command.status()) == outcomes.end()) {
    return fail(ErrorCode::invalid, "status is one of sent, failed, rejected, withdrawn, expired",
                "status");
  }
  Followed event;
  event.set_status(command.status());
  event.set_detail(command.detail());
  *event.mutable_at() = to_proto(context.now);
  Events events = std::move(event);
  tell_task(events, subject, command.status(), command.detail(), context);
  return events;
}

}  // namespace

// ---- nothing yet

Result<Events> Draft::decide(const Absent&, const Write& command, const Context& context) {
  auto content = content_of(command);
  if (!content) return std::unexpected(std::move(content).error());
  if (!command.task().empty() && !is_id(command.task())) {
    return fail(ErrorCode::invalid, "'" + command.task() + "' is no id of a task", "task");
  }
  Written event;
  event.set_digest(content_digest_of(*content));
  *event.mutable_content() = std::move(*content);
  event.set_task(command.task());
  event.set_assignment(command.assignment());
  event.set_agent(command.agent());
  event.set_written_by(command.written_by());
  event.set_requester(context.caller.principal);
  *event.mutable_at() = to_proto(context.now);
  Subject subject;
  *subject.mutable_content() = event.content();
  subject.set_agent(event.agent());
  Events events = std::move(event);
  if (command.task().empty()) {
    events.add(Offered());
    return offer(std::move(events), subject, context);
  }
  task::TakeDraft take;
  take.set_assignment(command.assignment());
  take.set_draft(std::string(context.id));
  events.tell(command.task(), take);
  return events;
}

// ---- here, and not proposed

Result<Events> Draft::decide(const Drafted& phase, const Edit& command, const Context& context) {
  return edit(phase.subject(), command, context);
}

Result<Events> Draft::decide(const Drafted& phase, const Propose&, const Context& context) {
  if (!phase.offered()) {
    return fail(ErrorCode::wrong_phase, "its task has not taken it yet; wait for that");
  }
  return propose_by_hand(phase.subject(), context);
}

Result<Events> Draft::decide(const Drafted& phase, const Discard& command, const Context& context) {
  return discard(phase.subject(), command, context);
}

Result<Events> Draft::decide(const Drafted& phase, const Offer&, const Context& context) {
  Events events;
  if (!phase.offered() || phase.again()) events.add(Offered());
  return offer(std::move(events), phase.subject(), context);
}

// ---- proposed

Result<Events> Draft::decide(const Proposed& phase, const Follow& command, const Context& context) {
  return follow(phase.subject(), command, context);
}

Result<Events> Draft::decide(const Failed& phase, const Follow& command, const Context& context) {
  return follow(phase.subject(), command, context);
}

// ---- refused

Result<Events> Draft::decide(const Refused& phase, const Edit& command, const Context& context) {
  return edit(phase.subject(), command, context);
}

Result<Events> Draft::decide(const Refused& phase, const Propose&, const Context& context) {
  return propose_by_hand(phase.subject(), context);
}

Result<Events> Draft::decide(const Refused& phase, const Discard& command, const Context& context) {
  return discard(phase.subject(), command, context);
}

Result<Events> Draft::decide(const Refused& phase, const ReportRefusal&, const Context& context) {
  if (phase.told()) return Events();
  Events events = RefusalTold();
  tell_task(events, phase.subject(), "refused", phase.subject().detail(), context);
  return events;
}

}  // namespace nightshift::actors
