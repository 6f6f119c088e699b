// Values that HTTP carries beside a message as well: `Mcp-Name`, and arguments of tools whose
// schema wants that (`x-mcp-header`, from 2026-07-28).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/mcp/protocol/json_view.hpp"

namespace nightshift::bridges::mcp {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// `text` as the value of a header; in base64, marked as such, where it could not stand there.
std::string header_value(std::string_view text);

/// Where an argument is, by the names that lead to it, and the header that repeats it.
struct MirroredArgument {
  std::vector<std::string> path;
  /// `Mcp-Param-NAME`.
  std::string header;
};

/// From the input schema of a tool. `invalid` where it wants a header that cannot be: such a tool
/// is not to be offered over HTTP.
Result<std::vector<MirroredArgument>> mirrored_arguments(JsonView input_schema);

/// The headers of one call. Arguments that are missing, `null` or of another type have none.
Headers headers_of(const std::vector<MirroredArgument>& mirrored, JsonView arguments);

}  // namespace nightshift::bridges::mcp
