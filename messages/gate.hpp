// The gate: is this outside action allowed, by whom, and are these the bytes? Checked when a
// decision is taken, again right before an executor acts, and by anyone off-line later.
#pragma once

#include <string>

#include "messages/authority.pb.h"
#include "messages/canonical.hpp"
#include "messages/error.hpp"
#include "messages/time.hpp"

namespace nightshift {

/// Checks one decision on `digest_hex`: proof, signature, executor, expiry against `now`.
/// Errors: `bad_signature`, `expired`, `forbidden` (another executor, or a proof too weak).
Result<void> check_decision(const Decision& decision, std::string_view digest_hex,
                            std::string_view executor, Time now);

/// Checks a gate as a whole: the digest is that of the content, enough distinct approvers decided,
/// each of them is enrolled in `authority` with the key that signed, and none has expired.
/// Returns the decoded content, which is all that an executor may act on.
/// Errors: those of `check_decision`, `digest_mismatch`, `forbidden`, `corrupt`.
Result<Canonical> open_gate(const Gate& gate, const Authority& authority, std::string_view executor,
                            Time now);

}  // namespace nightshift
