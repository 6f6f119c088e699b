// The name of what is drafted for a task: the stem of its channel (CONTRACTS) and the task's id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/assignment.pb.h"

namespace nightshift::actors {

/// `EMAIL_REPLY_order-4471`, for the `n`-th assignment from the second on with `-n` behind it. A
/// stem that the task's own id begins with is not repeated. At most 120 bytes, so that a number
/// still fits: what is longer ends in 8 digits of its hash. `type` is the task's, in any case;
/// with "reply" in it a mail is an answer.
std::string draft_id(Channel channel, std::string_view type, std::string_view task,
                     std::uint32_t n);

}  // namespace nightshift::actors
