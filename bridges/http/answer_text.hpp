// The status line and fields of an answer, as they go over the wire.
#pragma once

#include <string>

#include "bridges/http/exchange.hpp"

namespace nightshift::bridges::http {

/// With the empty line. The body follows, or the frames of a stream.
std::string answer_text(const Response& response, bool keep_alive);

}  // namespace nightshift::bridges::http
