// How events move an approval from phase to phase, and what is under way there.
#include <algorithm>
#include <optional>

#include "actors/approval/approval.hpp"
#include "messages/effects.pb.h"
#include "messages/tool_call.pb.h"

namespace nightshift::actors {
namespace {

using namespace approval_pb;
using State = Approval::State;

/// Keeps the proposal, who allowed it and which nonces were used.
template <class To>
To decided(auto&& from) {
  To to;
  *to.mutable_proposal() = std::move(*from.mutable_proposal());
  to.mutable_decisions()->Swap(from.mutable_decisions());
  to.mutable_nonces()->Swap(from.mutable_nonces());
  *to.mutable_decided_at() = std::move(*from.mutable_decided_at());
  return to;
}

template <class To>
To refused(auto&& from, const auto& event) {
  To to;
  *to.mutable_proposal() = std::move(*from.mutable_proposal());
  to.set_by(event.by());
  to.set_reason(event.reason());
  *to.mutable_decided_at() = event.at();
  return to;
}

/// A new revision: every decision is void, every nonce stays used.
Approval::Pending undecided(auto&& from, const Proposal& proposal) {
  Approval::Pending to;
  *to.mutable_proposal() = proposal;
  to.mutable_nonces()->Swap(from.mutable_nonces());
  return to;
}

void add_decision(auto& phase, const Decision& decision) {
  *phase.add_decisions() = decision;
  // A move has none.
  if (!decision.nonce().empty()) phase.add_nonces(decision.nonce());
}

template <class To>
To ended(auto&& from, const std::string& evidence) {
  auto to = decided<To>(std::forward<decltype(from)>(from));
  to.set_evidence(evidence);
  return to;
}

State after_attempt(auto phase, const host::Ended& event) {
  if (event.effect_id() != phase.proposal().effect_id()) return phase;
  switch (event.state()) {
    case EFFECT_STATE_COMMITTED: return ended<Approval::Sent>(std::move(phase), event.evidence());
    case EFFECT_STATE_FAILED_BEFORE_EFFECT:
      if (event.last()) return ended<Approval::Failed>(std::move(phase), event.evidence());
      return decided<Approval::Approved>(std::move(phase));
    default: return ended<Approval::Unknown>(std::move(phase), event.evidence());
  }
}

void drop_lapsed(auto& phase, Time at) {
  auto& decisions = *phase.mutable_decisions();
  const auto kept = std::remove_if(decisions.begin(), decisions.end(), [at](const Decision& d) {
    const auto expiry = from_rfc3339(d.expiry());
    return expiry && *expiry <= at;
  });
  decisions.erase(kept, decisions.end());
}

void add_expiry(kernel::Work& work, const auto& decisions) {
  std::optional<Time> earliest;
  for (const Decision& decision : decisions) {
    const auto expiry = from_rfc3339(decision.expiry());
    if (expiry && (!earliest || *expiry < *earliest)) earliest = expiry;
  }
  if (earliest) work.deadline("expiry", *earliest, Lapse());
}

kernel::Work one_effect(const Proposal& proposal, auto message, Gate gate) {
  message.set_effect_id(proposal.effect_id());
  message.set_source(proposal.approval());
  kernel::Work work;
  work.effect(proposal.effect_id(), message, std::move(gate));
  return work;
}

kernel::Work sending(const auto& phase) {
  const Proposal& proposal = phase.proposal();
  Gate gate;
  gate.set_content(proposal.content());
  gate.set_digest(proposal.digest());
  *gate.mutable_decisions() = phase.decisions();
  gate.set_approvers_needed(proposal.four_eyes() ? 2 : 1);
  const auto& action = proposal.action();
  if (action.has_webhook()) return one_effect(proposal, effect::CallWebhook(), std::move(gate));
  if (action.has_mail()) return one_effect(proposal, effect::SendMail(), std::move(gate));
  if (action.has_permission()) {
    return one_effect(proposal, effect::GrantPermission(), std::move(gate));
  }
  if (action.has_mcp()) return one_effect(proposal, effect::CallTool(), std::move(gate));
  return one_effect(proposal, effect::DeliverToOutbox(), std::move(gate));
}

}  // namespace

// ---- evolve

State Approval::evolve(Absent&&, const Proposed& event) {
  Pending pending;
  *pending.mutable_proposal() = event.proposal();
  return pending;
}

State Approval::evolve(Pending&& phase, const Edited& event) {
  return undecided(std::move(phase), event.proposal());
}

State Approval::evolve(Pending&& phase, const Endorsed& event) {
  add_decision(phase, event.decision());
  return std::move(phase);
}

State Approval::evolve(Pending&& phase, const Lapsed& event) {
  drop_lapsed(phase, from_proto(event.at()));
  return std::move(phase);
}

State Approval::evolve(Pending&& phase, const approval_pb::Approved& event) {
  add_decision(phase, event.decision());
  Approved approved;
  *approved.mutable_proposal() = std::move(*phase.mutable_proposal());
  approved.mutable_decisions()->Swap(phase.mutable_decisions());
  approved.mutable_nonces()->Swap(phase.mutable_nonces());
  *approved.mutable_decided_at() = event.at();
  return approved;
}

State Approval::evolve(Pending&& phase, const approval_pb::Rejected& event) {
  return refused<Rejected>(std::move(phase), event);
}

State Approval::evolve(Pending&& phase, const approval_pb::Withdrawn& event) {
  return refused<Withdrawn>(std::move(phase), event);
}

State Approval::evolve(Pending&& phase, const approval_pb::Expired& event) {
  Expired expired;
  *expired.mutable_proposal() = std::move(*phase.mutable_proposal());
  *expired.mutable_decided_at() = event.at();
  return expired;
}

State Approval::evolve(Approved&& phase, const Edited& event) {
  return undecided(std::move(phase), event.proposal());
}

State Approval::evolve(Approved&& phase, const Lapsed& event) {
  Pending pending;
  *pending.mutable_proposal() = std::move(*phase.mutable_proposal());
  pending.mutable_decisions()->Swap(phase.mutable_decisions());
  pending.mutable_nonces()->Swap(phase.mutable_nonces());
  drop_lapsed(pending, from_proto(event.at()));
  return pending;
}

State Approval::evolve(Approved&& phase, const approval_pb::Withdrawn& event) {
  return refused<Withdrawn>(std::move(phase), event);
}

State Approval::evolve(Approved&& phase, const host::Dispatched& event) {
  if (event.effect_id() != phase.proposal().effect_id()) return std::move(phase);
  return decided<Sending>(std::move(phase));
}

State Approval::evolve(Approved&& phase, const host::Ended& event) {
  return after_attempt(std::move(phase), event);
}

State Approval::evolve(Sending&& phase, const host::Ended& event) {
  return after_attempt(std::move(phase), event);
}

State Approval::evolve(Unknown&& phase, const host::Ended& event) {
  if (event.effect_id() != phase.proposal().effect_id()) return std::move(phase);
  switch (event.state()) {
    case EFFECT_STATE_COMMITTED: return ended<Sent>(std::move(phase), event.evidence());
    case EFFECT_STATE_FAILED_BEFORE_EFFECT:
      return ended<Failed>(std::move(phase), event.evidence());
    default: return std::move(phase);
  }
}

State Approval::evolve(Unknown&& phase, const Resolved& event) {
  if (event.outcome() == Resolve::OUTCOME_COMMITTED) {
    return ended<Sent>(std::move(phase), event.evidence());
  }
  return ended<Failed>(std::move(phase), event.evidence());
}

State Approval::evolve(Failed&& phase, const Retried& event) {
  return undecided(std::move(phase), event.proposal());
}

// ---- pending

kernel::Work Approval::pending(const Pending& phase) {
  kernel::Work work;
  const auto& proposal = phase.proposal();
  if (proposal.has_deadline()) work.deadline("deadline", from_proto(proposal.deadline()), Expire());
  add_expiry(work, phase.decisions());
  return work;
}

kernel::Work Approval::pending(const Approved& phase) {
  auto work = sending(phase);
  add_expiry(work, phase.decisions());
  return work;
}

kernel::Work Approval::pending(const Sending& phase) { return sending(phase); }

}  // namespace nightshift::actors
