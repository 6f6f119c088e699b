// The gate: is this outside action allowed, by whom, and are these the bytes? Checked when a
// decision is taken, again right before an executor acts, and by anyone off-line later.
#pragma once

#include <string>

#include "messages/authority.pb.h"
#include "messages/canonical.hpp"
#include "messages/error.hpp"
#include "messages/moves.pb.h"
#include "messages/time.hpp"

namespace nightshift {

/// Checks one signed decision on `digest_hex`: proof, signature, executor, expiry against `now`.
/// Whether the approver is enrolled is not asked here. Errors: `bad_signature`, `expired`,
/// `forbidden` (another executor, another word than `approve`, a proof too weak), `invalid` (a
/// nonce or an expiry that is none).
Result<void> check_decision(const Decision& decision, std::string_view digest_hex,
                            std::string_view executor, Time now);

/// Checks a gate as a whole: the digest is that of the content, enough distinct approvers decided,
/// each of them is enrolled in `authority` with the key that signed, and none has expired.
/// The content binds the gate too (docs/formats/digest.md): its field `executor` is this executor,
/// and its field `approvers` (absent: `1`) is the number needed. A decision by a move counts as far
/// as `moves` lets it (messages/moves.hpp); as it stands, none does.
/// Returns the decoded content, which is all that an executor may act on.
/// Errors: those of `check_decision`, `digest_mismatch`, `forbidden`, `corrupt`.
Result<Canonical> open_gate(const Gate& gate, const Authority& authority, std::string_view executor,
                            Time now, const MovePolicy& moves = MovePolicy::default_instance());

}  // namespace nightshift
