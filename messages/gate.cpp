// Checks decisions and gates. Everything fails closed: what is missing or odd is a refusal.
#include "messages/gate.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "messages/moves.hpp"

namespace nightshift {
namespace {

constexpr std::size_t nonce_bytes = 16;

std::unexpected<Error> forbidden(std::string detail, std::string instance) {
  return fail(ErrorCode::forbidden, std::move(detail), std::move(instance));
}

/// What is signed must be of the form that is signed, or one text could stand for two decisions.
Result<void> check_form(const Decision& decision) {
  const auto nonce = from_base64url(decision.nonce());
  if (!nonce || nonce->size() != nonce_bytes) {
    return fail(ErrorCode::invalid, "the nonce must be base64url of 16 random bytes", "nonce");
  }
  if (!decision.expiry().empty() && !from_rfc3339(decision.expiry())) {
    return fail(ErrorCode::invalid,
                "the expiry must be an RFC 3339 time such as 2026-11-21T07:00:00Z, or empty",
                "expiry");
  }
  return {};
}

/// Two names with one key are one person, and so are two keys under one name.
Result<void> check_distinct(const Gate& gate) {
  std::set<std::string_view> names;
  std::set<std::string_view> keys;
  for (const auto& decision : gate.decisions()) {
    names.insert(decision.approver());
    keys.insert(decision.public_key());
  }
  const auto people = std::min(names.size(), keys.size());
  if (gate.approvers_needed() > 0 && people >= gate.approvers_needed()) return {};
  return forbidden("this takes " + std::to_string(gate.approvers_needed()) +
                       " distinct approvers, there are " + std::to_string(people),
                   "approvers_needed");
}

Result<void> check_enrolled(const Decision& decision, const Authority& authority) {
  const auto& approvers = authority.approvers();
  const auto found = std::ranges::find(approvers, decision.approver(), &Approver::name);
  if (found == approvers.end()) {
    return forbidden('`' + decision.approver() + "` is not an approver of this node", "approver");
  }
  if (found->public_key() != decision.public_key()) {
    return forbidden('`' + decision.approver() + "` is enrolled with another key", "public_key");
  }
  return {};
}

Result<void> check_word(const Decision& decision, std::string_view executor) {
  if (decision.decision() != "approve") {
    return forbidden("only the exact word `approve` approves", "decision");
  }
  if (decision.executor() != executor) {
    return forbidden("the approval is for node `" + decision.executor() + "`, this one is `" +
                         std::string(executor) + '`',
                     "executor");
  }
  return {};
}

/// A decision without a signature must not look like one with it.
Result<void> check_moved(const Decision& decision, std::string_view executor) {
  if (!decision.signature().empty() || !decision.nonce().empty() || !decision.expiry().empty()) {
    return forbidden("what a move decides is not signed, and has neither nonce nor expiry",
                     "proof");
  }
  return check_word(decision, executor);
}

/// What the approvers were shown must be what the gate claims.
Result<void> check_content(const Canonical& content, const Gate& gate, std::string_view executor) {
  if (content.find("executor") != executor) {
    return forbidden("the content is for another node than `" + std::string(executor) + '`',
                     "executor");
  }
  const auto approvers = content.find("approvers").value_or("1");
  if (approvers != std::to_string(gate.approvers_needed())) {
    return forbidden("the content asks for " + std::string(approvers) +
                         " approvers, the gate for " + std::to_string(gate.approvers_needed()),
                     "approvers_needed");
  }
  return {};
}

}  // namespace

Result<void> check_decision(const Decision& decision, std::string_view digest_hex,
                            std::string_view executor, Time now) {
  if (decision.proof() != PROOF_SIGNATURE) {
    return forbidden("only an approver's signature opens this gate; sign with the approver's key",
                     "proof");
  }
  if (auto said = check_word(decision, executor); !said) return said;
  if (auto formed = check_form(decision); !formed) return formed;
  const auto text = approval_text(digest_hex, decision.decision(), decision.nonce(),
                                  decision.expiry(), decision.executor());
  if (!verify_signature(decision.public_key(), text, decision.signature())) {
    return fail(ErrorCode::bad_signature,
                "the signature is not that of `" + decision.approver() +
                    "` over this digest, nonce, expiry and node; look at the content and sign it "
                    "again",
                "signature");
  }
  if (!decision.expiry().empty() && now >= *from_rfc3339(decision.expiry())) {
    return fail(ErrorCode::expired,
                "the approval ended at " + decision.expiry() + "; approve again", "expiry");
  }
  return {};
}

Result<Canonical> open_gate(const Gate& gate, const Authority& authority, std::string_view executor,
                            Time now, const MovePolicy& moves) {
  const auto digest = content_digest(gate.content());
  if (gate.digest() != as_bytes(digest)) {
    return fail(ErrorCode::digest_mismatch, "the content is not what was approved", "content");
  }
  if (auto distinct = check_distinct(gate); !distinct) return std::unexpected(distinct.error());
  const auto digest_hex = to_hex(as_bytes(digest));
  for (const auto& decision : gate.decisions()) {
    auto checked = check_enrolled(decision, authority);
    if (checked) {
      checked = decision.proof() == PROOF_MOVE
                    ? check_moved(decision, executor)
                    : check_decision(decision, digest_hex, executor, now);
    }
    if (!checked) return std::unexpected(checked.error());
  }
  auto content = Canonical::decode(gate.content());
  if (!content) return content;
  if (auto same = check_content(*content, gate, executor); !same) {
    return std::unexpected(same.error());
  }
  for (const auto& decision : gate.decisions()) {
    if (decision.proof() != PROOF_MOVE) continue;
    if (auto enough = check_move(*content, decision.approver(), moves); !enough) {
      return std::unexpected(enough.error());
    }
  }
  return content;
}

}  // namespace nightshift
