// Every event of an approval holds what its command said; the content that is rendered shows where
// the node could send it.
#include "actors/approval/approval_retrace.hpp"

#include "actors/approval/outgoing.hpp"
#include "messages/approval.pb.h"
#include "messages/effects.pb.h"
#include "messages/moves.hpp"

namespace nightshift::actors {
namespace {

using namespace nightshift::approval;
using google::protobuf::Message;
using kernel::Asked;

template <class Event>
const Event* as(const Message* message) {
  return dynamic_cast<const Event*>(message);
}

std::unique_ptr<Message> proposing(const Proposal& proposal) {
  auto command = std::make_unique<Propose>();
  command->set_title(proposal.title());
  command->set_category(proposal.category());
  command->set_body(proposal.body());
  if (proposal.has_action()) *command->mutable_action() = proposal.action();
  if (proposal.has_deadline()) *command->mutable_deadline() = proposal.deadline();
  command->set_four_eyes(proposal.four_eyes());
  *command->mutable_to() = proposal.to();
  *command->mutable_cc() = proposal.cc();
  command->set_subject(proposal.subject());
  command->set_account(proposal.account());
  *command->mutable_attachments() = proposal.attachments();
  command->set_file(proposal.file());
  return command;
}

/// Leads from any revision before to this one.
std::unique_ptr<Message> editing(const Proposal& proposal) {
  auto command = std::make_unique<Edit>();
  command->set_title(proposal.title());
  command->set_body(proposal.body());
  command->set_four_eyes(proposal.four_eyes());
  command->set_subject(proposal.subject());
  command->set_account(proposal.account());
  *command->mutable_to() = proposal.to();
  *command->mutable_cc() = proposal.cc();
  *command->mutable_attachments() = proposal.attachments();
  if (proposal.has_action()) *command->mutable_action() = proposal.action();
  if (proposal.has_deadline()) *command->mutable_deadline() = proposal.deadline();
  if (proposal.to().empty()) command->add_clear(Edit::FIELD_TO);
  if (proposal.cc().empty()) command->add_clear(Edit::FIELD_CC);
  if (proposal.attachments().empty()) command->add_clear(Edit::FIELD_ATTACHMENTS);
  if (!proposal.has_action()) command->add_clear(Edit::FIELD_ACTION);
  if (!proposal.has_deadline()) command->add_clear(Edit::FIELD_DEADLINE);
  return command;
}

std::unique_ptr<Message> approving(const Decision& decision, const Proposal& proposal) {
  auto command = std::make_unique<Approve>();
  command->set_digest(to_hex(proposal.digest()));
  command->set_approver(decision.approver());
  command->set_signature(to_base64url(decision.signature()));
  command->set_nonce(decision.nonce());
  command->set_expiry(decision.expiry());
  return command;
}

/// The policy of moves, as far as the decision shows it.
Asked moving(const Approved& event, const Proposal& proposal) {
  auto command = std::make_unique<ApproveByMove>();
  command->set_digest(to_hex(proposal.digest()));
  command->set_owner(event.decision().approver());
  *command->mutable_move() = event.move();
  Gate gate;
  gate.set_content(proposal.content());
  *gate.add_decisions() = event.decision();
  Asked asked{.command = std::move(command)};
  asked.data[MovePolicy::descriptor()->full_name()] =
      std::make_shared<MovePolicy>(policy_shown_by(gate));
  asked.agent = false;
  return asked;
}

template <class Command>
std::unique_ptr<Message> saying_no(const std::string& reason) {
  auto command = std::make_unique<Command>();
  command->set_reason(reason);
  return command;
}

std::unique_ptr<Message> resolving(const Resolved& event) {
  auto command = std::make_unique<Resolve>();
  command->set_outcome(event.outcome());
  command->set_evidence(event.evidence());
  return command;
}

/// Where the node could send it, as far as the content shows.
void recall_executor(const Proposal& proposal, Asked& asked) {
  const auto content = Canonical::decode(proposal.content());
  if (!content) return;
  const auto action = content->find("action");
  if (!action) return;
  auto& targets = asked.executors[std::string(*action)];
  const auto outgoing = decompose(*content);
  if (outgoing && outgoing->webhook) targets[outgoing->webhook->target] = outgoing->webhook->facts;
  if (outgoing && outgoing->tool) recall_tool(proposal, *outgoing->tool, targets);
  if (outgoing && outgoing->mail) targets[outgoing->mail->target] = outgoing->mail->facts;
}

class ApprovalRetrace final : public kernel::Retrace {
 public:
  Asked step(std::span<const Message* const> events, Time) override {
    if (as<Reported>(events.front()) != nullptr) return {.command = std::make_unique<Report>()};
    // Decisions whose time is over lapse before the next one counts.
    const auto* event = events.back();
    if (const auto* proposed = as<Proposed>(event)) {
      auto asked = revision(proposed->proposal(), proposing(proposed->proposal()));
      asked.agent = proposed->proposal().requester_is_agent();
      return asked;
    }
    if (const auto* edited = as<Edited>(event)) {
      return revision(edited->proposal(), editing(edited->proposal()));
    }
    if (const auto* retried = as<Retried>(event)) {
      return revision(retried->proposal(), std::make_unique<Retry>());
    }
    const auto* approved = as<Approved>(event);
    if (approved != nullptr && approved->decision().proof() == PROOF_MOVE) {
      return moving(*approved, proposal_);
    }
    return {.command = decided(event)};
  }

 private:
  Asked revision(const Proposal& proposal, std::unique_ptr<Message> command) {
    proposal_ = proposal;
    Asked asked{.command = std::move(command)};
    recall_executor(proposal, asked);
    return asked;
  }

  std::unique_ptr<Message> decided(const Message* event) const {
    if (const auto* endorsed = as<Endorsed>(event))
      return approving(endorsed->decision(), proposal_);
    if (const auto* approved = as<Approved>(event))
      return approving(approved->decision(), proposal_);
    if (const auto* rejected = as<Rejected>(event)) return saying_no<Reject>(rejected->reason());
    if (const auto* withdrawn = as<Withdrawn>(event))
      return saying_no<Withdraw>(withdrawn->reason());
    if (as<Expired>(event) != nullptr) return std::make_unique<Expire>();
    if (as<Lapsed>(event) != nullptr) return std::make_unique<Lapse>();
    if (const auto* resolved = as<Resolved>(event)) return resolving(*resolved);
    return nullptr;
  }

  Proposal proposal_;
};

}  // namespace

std::unique_ptr<kernel::Retrace> retrace_approval() { return std::make_unique<ApprovalRetrace>(); }

}  // namespace nightshift::actors
