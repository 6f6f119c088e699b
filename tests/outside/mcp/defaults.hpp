// What somebody answers who changes nothing in a form.
#pragma once

#include "bridges/mcp/protocol/question.hpp"

namespace nightshift::tests {

/// Accepts: each field that has a default with it, a page as it is.
bridges::mcp::Reply reply_of_defaults(const bridges::mcp::Question& question);

}  // namespace nightshift::tests
