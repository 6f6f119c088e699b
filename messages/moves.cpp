// The policy of moves, applied to canonical bytes.
#include "messages/moves.hpp"

#include <algorithm>
#include <string>

#include "messages/effects.pb.h"

namespace nightshift {
namespace {

constexpr std::string_view by_signature_alone = "odoo";

std::unexpected<Error> wants_signature(const std::string& why) {
  return fail(ErrorCode::forbidden, why + "; approve it with the key", "proof");
}

}  // namespace

bool can_be_moved(std::string_view channel) { return channel != by_signature_alone; }

Result<void> check_move(const Canonical& content, std::string_view owner,
                        const MovePolicy& policy) {
  if (policy.owner().empty()) return wants_signature("no move decides on this node");
  if (owner != policy.owner()) {
    return wants_signature("the moves of " + policy.owner() +
                           " alone decide on this node, not those of " + std::string(owner));
  }
  const auto channel = content.find("channel").value_or("");
  if (!can_be_moved(channel)) return wants_signature("no move decides on a payment or a posting");
  if (std::ranges::find(policy.channels(), channel) == policy.channels().end()) {
    return wants_signature("[vault] moves_decide does not name " + std::string(channel));
  }
  if (content.find("action") != effect::DeliverToOutbox::descriptor()->full_name()) {
    return wants_signature("what is called here does not stand in the file that was moved");
  }
  if (content.find("attachment")) {
    return wants_signature("what is attached does not stand in the file that was moved");
  }
  if (content.find("approvers").value_or("1") != "1") {
    return wants_signature("two people have to approve this");
  }
  return {};
}

MovePolicy policy_shown_by(const Gate& gate) {
  MovePolicy policy;
  for (const auto& decision : gate.decisions()) {
    if (decision.proof() == PROOF_MOVE) policy.set_owner(decision.approver());
  }
  const auto content = Canonical::decode(gate.content());
  if (content && !policy.owner().empty()) {
    policy.add_channels(std::string(content->find("channel").value_or("")));
  }
  return policy;
}

}  // namespace nightshift
