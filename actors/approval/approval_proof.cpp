// Checks an approver's signature, or the move of the owner, and the right to decide.
#include "actors/approval/approval_proof.hpp"

#include <algorithm>

#include "actors/approval/text.hpp"
#include "messages/crypto.hpp"
#include "messages/gate.hpp"
#include "messages/moves.hpp"
#include "messages/time.hpp"

namespace nightshift::actors {
namespace {

using approval::Proposal;

constexpr std::size_t nonce_bytes = 16;

Result<void> check_seen(const Proposal& proposal, const std::string& seen, Time now) {
  if (proposal.has_deadline() && now >= from_proto(proposal.deadline())) {
    return fail(
        ErrorCode::expired,
        "the deadline was " + to_rfc3339(from_proto(proposal.deadline())) + "; propose it again",
        "deadline");
  }
  const auto digest = to_hex(proposal.digest());
  if (seen == digest) return {};
  return fail(ErrorCode::digest_mismatch,
              "revision " + std::to_string(proposal.revision()) + " has the digest " + digest +
                  ", not the one that was approved; look at it again",
              "digest");
}

Result<void> check_nonce(const approval::State::Pending& phase, const std::string& nonce) {
  const auto bytes = from_base64url(nonce);
  if (!bytes || bytes->size() != nonce_bytes || to_base64url(*bytes) != nonce) {
    return fail(ErrorCode::invalid, "the nonce is not base64url of 16 bytes", "nonce");
  }
  if (std::ranges::find(phase.nonces(), nonce) == phase.nonces().end()) return {};
  return fail(ErrorCode::invalid, "this nonce was used before; sign again with a fresh one",
              "nonce");
}

Result<void> check_approver(const approval::State::Pending& phase, const std::string& name) {
  if (!phase.proposal().four_eyes()) return {};
  const auto& authors = phase.proposal().authors();
  if (std::ranges::find(authors, name) != authors.end()) {
    return fail(ErrorCode::forbidden,
                name + " wrote this proposal; with four eyes two other people approve it",
                "approver");
  }
  if (std::ranges::find(phase.decisions(), name, &Decision::approver) == phase.decisions().end()) {
    return {};
  }
  return fail(ErrorCode::already_decided,
              name + " has approved this already; with four eyes a second person has to",
              "approver");
}

Result<Approver> enrolled(const std::string& name, const kernel::Context& context) {
  const auto& approvers = context.authority.approvers();
  const auto approver = std::ranges::find(approvers, name, &Approver::name);
  if (approver != approvers.end()) return *approver;
  return fail(ErrorCode::forbidden, name + " is no approver of this node", "approver");
}

/// A file shows characters as they are: those that hide or reorder others deceive who looks at it.
Result<void> check_plain(const Proposal& proposal) {
  const auto hides = [](const std::string& words) { return text::visible(words) != words; };
  const bool deceives = hides(proposal.title()) || hides(proposal.subject()) ||
                        hides(proposal.account()) || hides(proposal.body()) ||
                        std::ranges::any_of(proposal.to(), hides) ||
                        std::ranges::any_of(proposal.cc(), hides);
  if (!deceives) return {};
  return fail(ErrorCode::forbidden,
              "it holds characters that hide or reorder others, which its file does not show; look "
              "at it with nightshift approval approve, and approve it with the key",
              "proof");
}

Result<Decision> decision_of(const approval::Approve& command, const Proposal& proposal,
                             const kernel::Context& context) {
  const auto approver = enrolled(command.approver(), context);
  if (!approver) return std::unexpected(approver.error());
  if (!command.expiry().empty() && !from_rfc3339(command.expiry())) {
    return fail(ErrorCode::invalid, "'" + command.expiry() + "' is no RFC 3339 time", "expiry");
  }
  const auto signature = from_base64url(command.signature());
  if (!signature)
    return fail(ErrorCode::bad_signature, "the signature is not base64url", "signature");
  Decision decision;
  decision.set_approver(command.approver());
  decision.set_public_key(approver->public_key());
  decision.set_proof(PROOF_SIGNATURE);
  decision.set_decision("approve");
  decision.set_nonce(command.nonce());
  decision.set_expiry(command.expiry());
  decision.set_executor(proposal.executor());
  decision.set_signature(*signature);
  return decision;
}

}  // namespace

Result<Decision> check_approve(const approval::State::Pending& phase,
                               const approval::Approve& command, const kernel::Context& context) {
  if (context.caller.agent) {
    return fail(ErrorCode::forbidden, "an agent never approves; a person has to", "approver");
  }
  const auto& proposal = phase.proposal();
  if (auto seen = check_seen(proposal, command.digest(), context.now); !seen) {
    return std::unexpected(seen.error());
  }
  if (auto nonce = check_nonce(phase, command.nonce()); !nonce) {
    return std::unexpected(nonce.error());
  }
  auto decision = decision_of(command, proposal, context);
  if (!decision) return decision;
  const auto digest = to_hex(proposal.digest());
  if (auto valid = check_decision(*decision, digest, proposal.executor(), context.now); !valid) {
    return std::unexpected(valid.error());
  }
  if (auto may = check_approver(phase, command.approver()); !may) {
    return std::unexpected(may.error());
  }
  return decision;
}

Result<Decision> check_approve_by_move(const approval::State::Pending& phase,
                                       const approval::ApproveByMove& command,
                                       const kernel::Context& context) {
  if (context.caller.agent) {
    return fail(ErrorCode::forbidden, "an agent never approves; a person has to", "approver");
  }
  const auto& proposal = phase.proposal();
  if (auto seen = check_seen(proposal, command.digest(), context.now); !seen) {
    return std::unexpected(seen.error());
  }
  const auto content = Canonical::decode(proposal.content());
  if (!content) return std::unexpected(content.error());
  const auto& policy = context.node.owners<MovePolicy>();
  if (auto may = check_move(*content, command.owner(), policy); !may) {
    return std::unexpected(may.error());
  }
  if (auto plain = check_plain(proposal); !plain) return std::unexpected(plain.error());
  const auto approver = enrolled(command.owner(), context);
  if (!approver) return std::unexpected(approver.error());
  Decision decision;
  decision.set_approver(approver->name());
  decision.set_public_key(approver->public_key());
  decision.set_proof(PROOF_MOVE);
  decision.set_decision("approve");
  decision.set_executor(proposal.executor());
  return decision;
}

bool has_lapsed(const Decision& decision, Time now) {
  if (decision.expiry().empty()) return false;
  const auto expiry = from_rfc3339(decision.expiry());
  return !expiry || *expiry <= now;
}

}  // namespace nightshift::actors
