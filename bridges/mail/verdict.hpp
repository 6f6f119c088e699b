// What a server's answer, or none, says about the effect.
#pragma once

#include <string_view>

#include "bridges/mail/session.hpp"
#include "runtime/executor.hpp"

namespace nightshift::bridges::mail {

/// COMMITTED where the server has taken the message; FAILED_BEFORE_EFFECT where not a byte of it
/// was sent, or where the answer to all of it is a refusal; else UNKNOWN. The table is in
/// docs/formats/mail.md.
runtime::Outcome verdict(const Reception& reception, std::string_view account);

}  // namespace nightshift::bridges::mail
