// Which decisions a move in the vault suffices for: a proof that is weaker than a signature
// (docs/decisions/decisions-by-move.md).
#pragma once

#include <string_view>

#include "messages/authority.pb.h"
#include "messages/canonical.hpp"
#include "messages/error.hpp"
#include "messages/moves.pb.h"

namespace nightshift {

/// Payments and postings always want a signature, whatever is configured.
bool can_be_moved(std::string_view channel);

/// Whether a move by `owner` may decide on `content`: a message for the outbox that one person
/// approves, of a channel that the policy names.
/// Error: `forbidden`, with what would be right, and `proof` as its instance.
Result<void> check_move(const Canonical& content, std::string_view owner, const MovePolicy& policy);

/// Under which a gate that was opened by a move was open; empty where none of its decisions is one.
/// For who tells a history, never for who acts.
MovePolicy policy_shown_by(const Gate& gate);

}  // namespace nightshift
