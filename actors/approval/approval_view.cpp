// What people and programs see of an approval.
#include "actors/approval/approval.hpp"

#include <algorithm>

#include "messages/crypto.hpp"
#include "messages/utf8.hpp"

namespace nightshift::actors {
namespace {

using namespace approval_pb;

/// What every phase shows: the proposal, its content read back from the bytes that were digested.
View proposal_view(const Proposal& proposal) {
  View view;
  view.set_title(std::string(utf8_front(proposal.title(), title_shown_max)));
  view.set_category(proposal.category());
  const auto shown = show(proposal.content());
  view.set_preview(shown ? shown->preview : "THIS CONTENT CANNOT BE SHOWN; DO NOT APPROVE IT");
  if (shown) view.set_preview_text(std::string(utf8_front(shown->body, preview_shown_max)));
  view.set_digest(to_hex(proposal.digest()));
  view.set_executor(proposal.executor());
  view.set_requester(proposal.requester());
  view.set_revision(proposal.revision());
  *view.mutable_proposed_at() = proposal.proposed_at();
  if (proposal.has_deadline()) *view.mutable_deadline() = proposal.deadline();
  view.set_four_eyes(proposal.four_eyes());
  view.set_effect_id(proposal.effect_id());
  view.set_file(proposal.file());
  return view;
}

/// The enumeration goes from strong to weak.
Proof weakest(const auto& decisions) {
  auto proof = PROOF_UNSPECIFIED;
  for (const auto& decision : decisions) proof = std::max(proof, decision.proof());
  return proof;
}

View decided_view(const auto& phase) {
  auto view = proposal_view(phase.proposal());
  for (const auto& decision : phase.decisions()) view.add_decided_by(decision.approver());
  view.set_proof(weakest(phase.decisions()));
  *view.mutable_decided_at() = phase.decided_at();
  return view;
}

View ended_view(const auto& phase) {
  auto view = decided_view(phase);
  view.set_evidence(phase.evidence());
  return view;
}

View refused_view(const auto& phase) {
  auto view = proposal_view(phase.proposal());
  view.add_decided_by(phase.by());
  *view.mutable_decided_at() = phase.decided_at();
  view.set_reason(phase.reason());
  return view;
}

}  // namespace

View Approval::view(const Pending& phase) {
  auto view = proposal_view(phase.proposal());
  for (const auto& decision : phase.decisions()) view.add_decided_by(decision.approver());
  view.set_content(phase.proposal().content());
  return view;
}

View Approval::view(const Approved& phase) { return decided_view(phase); }
View Approval::view(const Sending& phase) { return decided_view(phase); }
View Approval::view(const Sent& phase) { return ended_view(phase); }
View Approval::view(const Failed& phase) { return ended_view(phase); }
View Approval::view(const Unknown& phase) { return ended_view(phase); }
View Approval::view(const Rejected& phase) { return refused_view(phase); }
View Approval::view(const Withdrawn& phase) { return refused_view(phase); }

View Approval::view(const Expired& phase) {
  auto view = proposal_view(phase.proposal());
  *view.mutable_decided_at() = phase.decided_at();
  return view;
}

Result<std::string> Approval::preview(std::string_view content) {
  auto shown = show(content);
  if (!shown) return std::unexpected(std::move(shown).error());
  return std::move(shown->preview);
}

View Approval::indexed_of(const Proposal& proposal) {
  View view;
  view.set_category(proposal.category());
  view.set_requester(proposal.requester());
  view.set_file(proposal.file());
  return view;
}

}  // namespace nightshift::actors
