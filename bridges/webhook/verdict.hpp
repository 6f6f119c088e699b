// What an answer, or none, says about the effect.
#pragma once

#include "bridges/webhook/answer.hpp"
#include "runtime/executor.hpp"

namespace nightshift::bridges::webhook {

/// COMMITTED only by a 2xx; FAILED_BEFORE_EFFECT where no byte was sent, or where the answer says
/// that the request was turned away; else UNKNOWN. The table is in docs/formats/webhook.md.
runtime::Outcome verdict(const Answer& answer, std::string_view target);

}  // namespace nightshift::bridges::webhook
