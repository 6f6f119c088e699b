// A person's yes, checked against the proposal that it is for.
#pragma once

#include "messages/approval.pb.h"
#include "messages/error.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::actors {

/// The decision in `command`, if it is an enrolled approver's valid and unexpired signature over
/// exactly this revision, with a nonce that was not used before, by somebody who may decide here.
/// Errors: `forbidden`, `expired`, `digest_mismatch`, `bad_signature`, `invalid`,
/// `already_decided`.
Result<Decision> check_approve(const approval::State::Pending& phase,
                               const approval::Approve& command, const kernel::Context& context);

/// The decision in `command`, if moves of its owner decide on this revision here, as the node's
/// `MovePolicy` says, and its file hides nothing from who looks at it. Errors: `forbidden`,
/// `expired`, `digest_mismatch`.
Result<Decision> check_approve_by_move(const approval::State::Pending& phase,
                                       const approval::ApproveByMove& command,
                                       const kernel::Context& context);

/// True if the expiry that the approver signed is not after `now`.
bool has_lapsed(const Decision& decision, Time now);

}  // namespace nightshift::actors
