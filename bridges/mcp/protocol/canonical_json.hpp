// JSON in one form only, so that it can be compared and hashed (RFC 8785).
#pragma once

#include <string>

#include "bridges/mcp/protocol/json_view.hpp"

namespace nightshift::bridges::mcp {

/// Without white space, members sorted by their UTF-16 code units, texts with the fewest escapes,
/// numbers as ECMAScript writes them. Whole numbers keep all their digits, which RFC 8785 leaves
/// open beyond 53 bits. `invalid` where a name stands twice in an object, at any depth (receivers
/// differ in which they take), or where no double holds a number.
Result<std::string> canonical_json(JsonView value);

}  // namespace nightshift::bridges::mcp
