// What a proposal may contain: bounds, channel limits, no text that passes as something else.
#pragma once

#include "messages/approval.pb.h"
#include "messages/error.hpp"

namespace nightshift::actors {

/// `invalid` or `too_large`, the field in `instance`.
Result<void> check_proposal(const nightshift::approval::Proposal& proposal);

}  // namespace nightshift::actors
