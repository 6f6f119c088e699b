// What an approval decides.
#include "actors/approval/approval.hpp"

#include <algorithm>

#include "actors/approval/approval_edit.hpp"
#include "actors/approval/approval_proof.hpp"
#include "actors/approval/mail_route.hpp"

namespace nightshift::actors {
namespace {

using namespace approval_pb;
using kernel::Context;
using Events = Approval::Events;

std::unexpected<Error> decided_by(const std::string& who, std::string_view what,
                                  const google::protobuf::Timestamp& when) {
  return fail(ErrorCode::already_decided,
              who + " " + std::string(what) + " it at " + to_rfc3339(from_proto(when)));
}

std::unexpected<Error> approved_already(const auto& phase) {
  std::string who;
  for (const auto& decision : phase.decisions()) {
    who += (who.empty() ? "" : " and ") + decision.approver();
  }
  return decided_by(who, "approved", phase.decided_at());
}

std::unexpected<Error> on_its_way() {
  return fail(ErrorCode::wrong_phase,
              "it is being sent, and nothing can take it back; wait for the outcome");
}

/// Those whose words it is may change or take it back, and people who operate the node.
bool may_change(const Proposal& proposal, const Context& context) {
  const auto& caller = context.caller;
  if (caller.principal == proposal.requester()) return true;
  return !caller.agent && caller.may(SCOPE_OPERATE);
}

std::unexpected<Error> not_theirs(const Proposal& proposal, const std::string& what) {
  return fail(ErrorCode::forbidden, "only " + proposal.requester() +
                                        ", who proposed it, or a person with scope operate may " +
                                        what);
}

Proposal first_revision(const Propose& command, const Context& context) {
  Proposal proposal;
  proposal.set_approval(std::string(context.id));
  proposal.set_title(command.title());
  proposal.set_category(command.category());
  proposal.set_body(command.body());
  if (command.has_action()) *proposal.mutable_action() = command.action();
  if (command.has_deadline()) *proposal.mutable_deadline() = command.deadline();
  proposal.set_four_eyes(command.four_eyes());
  *proposal.mutable_to() = command.to();
  *proposal.mutable_cc() = command.cc();
  proposal.set_subject(command.subject());
  proposal.set_account(command.account());
  *proposal.mutable_attachments() = command.attachments();
  proposal.set_file(command.file());
  proposal.set_requester(context.caller.principal);
  proposal.set_requester_is_agent(context.caller.agent);
  proposal.add_authors(context.caller.principal);
  return proposal;
}

/// A revision of its own: one more, at this time, with an effect of its own.
Result<Proposal> render_revision(Proposal proposal, const Context& context) {
  if (proposal.has_deadline() && from_proto(proposal.deadline()) <= context.now) {
    return fail(ErrorCode::expired,
                "the deadline " + to_rfc3339(from_proto(proposal.deadline())) + " has passed",
                "deadline");
  }
  proposal.set_revision(proposal.revision() + 1);
  *proposal.mutable_proposed_at() = to_proto(context.now);
  proposal.set_effect_id(context.fresh_id(0));
  if (auto rendered = render(proposal, context); !rendered) {
    return std::unexpected(std::move(rendered).error());
  }
  return proposal;
}

template <class Event>
Result<Events> with_revision(Proposal proposal, const Context& context) {
  auto revision = render_revision(std::move(proposal), context);
  if (!revision) return std::unexpected(std::move(revision).error());
  Event event;
  *event.mutable_proposal() = std::move(*revision);
  return event;
}

template <class Event>
Event said_no(const auto& command, const Context& context) {
  Event event;
  event.set_by(context.caller.principal);
  event.set_reason(command.reason());
  *event.mutable_at() = to_proto(context.now);
  return event;
}

Result<Events> edit(const Proposal& before, const Edit& command, const Context& context) {
  if (!may_change(before, context)) return not_theirs(before, "edit it");
  auto proposal = edited(before, command);
  if (!proposal) return std::unexpected(std::move(proposal).error());
  if (context.caller.agent && before.four_eyes() && !proposal->four_eyes()) {
    return fail(ErrorCode::forbidden, "an agent never takes four eyes away; a person has to",
                "four_eyes");
  }
  const auto& authors = proposal->authors();
  if (std::ranges::find(authors, context.caller.principal) == authors.end()) {
    proposal->add_authors(context.caller.principal);
  }
  return with_revision<Edited>(std::move(*proposal), context);
}

Result<Events> withdraw(const Proposal& proposal, const Withdraw& command, const Context& context) {
  if (!may_change(proposal, context)) return not_theirs(proposal, "withdraw it");
  return said_no<Withdrawn>(command, context);
}

/// Nothing if no decision has lapsed yet: a timer of an earlier decision.
Result<Events> lapse(const auto& phase, const Context& context) {
  const auto lapsed = [&context](const Decision& d) { return has_lapsed(d, context.now); };
  if (std::ranges::none_of(phase.decisions(), lapsed)) return Events();
  Lapsed event;
  *event.mutable_at() = to_proto(context.now);
  return event;
}

}  // namespace

// ---- nothing yet

Result<Events> Approval::decide(const Absent&, const Propose& command, const Context& context) {
  if (context.caller.agent && !command.file().empty()) {
    return fail(ErrorCode::forbidden,
                "an agent's proposal names no file of the vault; leave it out", "file");
  }
  auto lifted = command;
  if (auto done = lift_mail(lifted); !done) return std::unexpected(std::move(done).error());
  return with_revision<Proposed>(first_revision(lifted, context), context);
}

// ---- undecided

Result<Events> Approval::decide(const Pending& phase, const Approve& command,
                                const Context& context) {
  auto decision = check_approve(phase, command, context);
  if (!decision) return std::unexpected(std::move(decision).error());
  const auto lapsed = [&context](const Decision& d) { return has_lapsed(d, context.now); };
  const auto standing = phase.decisions_size() - std::ranges::count_if(phase.decisions(), lapsed);
  auto events = *lapse(phase, context);
  const auto decide_by = [&]<class Event>(Event event) {
    *event.mutable_decision() = std::move(*decision);
    *event.mutable_at() = to_proto(context.now);
    events.add(std::move(event));
  };
  if (phase.proposal().four_eyes() && standing == 0) {
    decide_by(Endorsed());
  } else {
    decide_by(approval_pb::Approved());
  }
  return events;
}

Result<Events> Approval::decide(const Pending& phase, const ApproveByMove& command,
                                const Context& context) {
  auto decision = check_approve_by_move(phase, command, context);
  if (!decision) return std::unexpected(std::move(decision).error());
  approval_pb::Approved event;
  *event.mutable_decision() = std::move(*decision);
  *event.mutable_at() = to_proto(context.now);
  *event.mutable_move() = command.move();
  return event;
}

Result<Events> Approval::decide(const Pending&, const Reject& command, const Context& context) {
  if (context.caller.agent) {
    return fail(ErrorCode::forbidden,
                "an agent decides nothing; a person rejects, and an agent may withdraw what it "
                "proposed itself");
  }
  return said_no<approval_pb::Rejected>(command, context);
}

Result<Events> Approval::decide(const Pending& phase, const Edit& command, const Context& context) {
  return edit(phase.proposal(), command, context);
}

Result<Events> Approval::decide(const Pending& phase, const Withdraw& command,
                                const Context& context) {
  return withdraw(phase.proposal(), command, context);
}

Result<Events> Approval::decide(const Pending& phase, const Expire&, const Context& context) {
  const auto& proposal = phase.proposal();
  const bool due = proposal.has_deadline() && from_proto(proposal.deadline()) <= context.now;
  if (!due) return Events();
  approval_pb::Expired event;
  *event.mutable_at() = to_proto(context.now);
  return event;
}

Result<Events> Approval::decide(const Pending& phase, const Lapse&, const Context& context) {
  return lapse(phase, context);
}

// ---- approved, not dispatched

Result<Events> Approval::decide(const Approved& phase, const Edit& command,
                                const Context& context) {
  return edit(phase.proposal(), command, context);
}

Result<Events> Approval::decide(const Approved& phase, const Withdraw& command,
                                const Context& context) {
  return withdraw(phase.proposal(), command, context);
}

Result<Events> Approval::decide(const Approved& phase, const Lapse&, const Context& context) {
  return lapse(phase, context);
}

// ---- ended without success

Result<Events> Approval::decide(const Failed& phase, const Retry&, const Context& context) {
  if (!may_change(phase.proposal(), context)) return not_theirs(phase.proposal(), "retry it");
  return with_revision<Retried>(phase.proposal(), context);
}

Result<Events> Approval::decide(const Unknown&, const Resolve& command, const Context& context) {
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

// ---- too late

Result<Events> Approval::decide(const Approved& phase, const Approve&, const Context&) {
  return approved_already(phase);
}

Result<Events> Approval::decide(const Approved& phase, const Reject&, const Context&) {
  return approved_already(phase);
}

Result<Events> Approval::decide(const Sending& phase, const Approve&, const Context&) {
  return approved_already(phase);
}

Result<Events> Approval::decide(const Sending& phase, const Reject&, const Context&) {
  return approved_already(phase);
}

Result<Events> Approval::decide(const Sending&, const Edit&, const Context&) {
  return on_its_way();
}

Result<Events> Approval::decide(const Sending&, const Withdraw&, const Context&) {
  return on_its_way();
}

Result<Events> Approval::decide(const Sent& phase, const Approve&, const Context&) {
  return approved_already(phase);
}

Result<Events> Approval::decide(const Sent& phase, const Reject&, const Context&) {
  return approved_already(phase);
}

Result<Events> Approval::decide(const Rejected& phase, const Approve&, const Context&) {
  return decided_by(phase.by(), "rejected", phase.decided_at());
}

Result<Events> Approval::decide(const Rejected& phase, const Reject&, const Context&) {
  return decided_by(phase.by(), "rejected", phase.decided_at());
}

Result<Events> Approval::decide(const Expired& phase, const Approve&, const Context&) {
  return fail(ErrorCode::expired, "it expired undecided at " +
                                      to_rfc3339(from_proto(phase.decided_at())) +
                                      "; propose it again");
}

}  // namespace nightshift::actors
