// Tools: what a server says of them, and what calling one brings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridges/mcp/protocol/json_view.hpp"
#include "messages/canonical.hpp"

namespace nightshift::bridges::mcp {

inline constexpr std::size_t tool_name_bytes_max = 128;

struct Tool {
  /// `[A-Za-z0-9_./-]{1,128}`.
  std::string name;
  std::string title;
  std::string description;
  /// JSON objects in canonical form; empty where there is none.
  std::string input_schema;
  std::string output_schema;
  /// What the server says of itself (`readOnlyHint`, ...): hints, never trusted.
  std::string annotations;
};

bool is_tool_name(std::string_view name);
/// `invalid`, with the reason: a person reads it.
Result<Tool> read_tool(JsonView value);

/// All that a model or a person sees of a tool, as ordered fields: name, title, description,
/// schemas, annotations.
Canonical definition_of(const Tool& tool);
/// SHA-256 over `nightshift.mcp.tool.v1` LF and the encoded definition. Two tools with the same pin
/// say the same, whatever the spelling of their JSON.
Digest pin_of(const Tool& tool);
/// The names of the fields in which two definitions differ: `description`, `input_schema`.
std::vector<std::string> differences(const Tool& before, const Tool& now);

/// One page of `tools/list`.
struct ToolPage {
  std::vector<Tool> tools;
  /// One line for each tool that is left out.
  std::vector<std::string> refused;
  /// Empty on the last page.
  std::string next_cursor;
};
Result<ToolPage> read_tools(JsonView result);

struct ToolResult {
  /// The tool ran, and says that it failed.
  bool is_error = false;
  /// The text blocks, a line between two.
  std::string text;
  /// Blocks of other types (`image`, `resource`, ...), as they came.
  std::vector<JsonText> others;
  /// Nothing where the tool gave none.
  std::optional<JsonText> structured;
};
Result<ToolResult> read_tool_result(JsonView result);

/// Params of `tools/call`. `arguments` is a JSON object.
std::string call_tool_params(std::string_view name, std::string_view arguments);
/// Params of every `.../list`; an empty cursor asks for the first page.
std::string list_params(std::string_view cursor);

}  // namespace nightshift::bridges::mcp
