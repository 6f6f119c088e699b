// Reads definitions and results of tools; one that is no good does not spoil its page.
#include "bridges/mcp/protocol/tool.hpp"

#include <algorithm>

#include "bridges/mcp/protocol/canonical_json.hpp"
#include "messages/json.hpp"

namespace nightshift::bridges::mcp {
namespace {

/// The canonical form of a member that is an object; empty where there is none.
Result<std::string> object_member(const JsonObject& object, std::string_view name) {
  const auto* value = object.find(name);
  if (value == nullptr || value->type() == JsonView::Type::null) return std::string();
  if (value->type() != JsonView::Type::object) {
    return fail(ErrorCode::invalid, std::string(name) + " is no object");
  }
  return canonical_json(*value);
}

/// Fills `into` with each part in turn, until one is wrong.
Result<Tool> read_parts(const JsonObject& object, Tool tool) {
  for (const auto& [name, into] :
       {std::pair{"title", &tool.title}, std::pair{"description", &tool.description}}) {
    auto text = object.text(name);
    if (!text) return std::unexpected(text.error());
    *into = text->value_or("");
  }
  for (const auto& [name, into] : {std::pair{"inputSchema", &tool.input_schema},
                                   std::pair{"outputSchema", &tool.output_schema},
                                   std::pair{"annotations", &tool.annotations}}) {
    auto part = object_member(object, name);
    if (!part) return std::unexpected(part.error());
    *into = std::move(*part);
  }
  if (tool.input_schema.empty()) return fail(ErrorCode::invalid, "it has no inputSchema");
  return tool;
}

std::string left_out(JsonView value, const Error& why) {
  std::string name = "a tool";
  for (JsonItems items(value); items.next();) {
    if (items.name() == "name" && is_tool_name(items.value().text().value_or(""))) {
      name = "the tool " + *items.value().text();
    }
  }
  return name + " is left out: " + std::string(why.message());
}

Result<std::string> cursor_of(const JsonObject& page) {
  auto cursor = page.text("nextCursor");
  if (!cursor) return std::unexpected(cursor.error());
  return cursor->value_or("");
}

void add_block(JsonView block, ToolResult& result) {
  const auto object = JsonObject::read(block, "a block of content");
  const auto* type = object ? object->find("type") : nullptr;
  const auto* text = object ? object->find("text") : nullptr;
  if (type == nullptr || text == nullptr || type->text() != "text" || !text->text()) {
    result.others.emplace_back(block);
    return;
  }
  if (!result.text.empty()) result.text += '\n';
  result.text += *text->text();
}

}  // namespace

bool is_tool_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./-").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= tool_name_bytes_max && std::ranges::all_of(name, fits);
}

Result<Tool> read_tool(JsonView value) {
  const auto object = JsonObject::read(value, "a tool");
  if (!object) return std::unexpected(object.error());
  Tool tool;
  auto name = object->required_text("name");
  if (!name) return std::unexpected(name.error());
  if (!is_tool_name(*name)) {
    return fail(ErrorCode::invalid,
                "its name is not made of 1 to 128 letters, digits, dots, slashes, - and _");
  }
  tool.name = std::move(*name);
  return read_parts(*object, std::move(tool));
}

Canonical definition_of(const Tool& tool) {
  Canonical definition;
  definition.add("name", tool.name);
  definition.add("title", tool.title);
  definition.add("description", tool.description);
  definition.add("input_schema", tool.input_schema);
  definition.add("output_schema", tool.output_schema);
  definition.add("annotations", tool.annotations);
  return definition;
}

Digest pin_of(const Tool& tool) {
  return sha256({"nightshift.mcp.tool.v1\n", definition_of(tool).encode()});
}

std::vector<std::string> differences(const Tool& before, const Tool& now) {
  std::vector<std::string> names;
  const auto old = definition_of(before);
  const auto present = definition_of(now);
  for (const auto& [name, value] : present.fields()) {
    if (old.find(name) != value) names.push_back(name);
  }
  return names;
}

Result<ToolPage> read_tools(JsonView result) {
  const auto object = JsonObject::read(result, "the list of tools");
  if (!object) return std::unexpected(object.error());
  const auto* tools = object->find("tools");
  if (tools == nullptr || tools->type() != JsonView::Type::array) {
    return fail(ErrorCode::invalid, "the list of tools has no array `tools`");
  }
  auto cursor = cursor_of(*object);
  if (!cursor) return std::unexpected(cursor.error());
  ToolPage page{.tools = {}, .refused = {}, .next_cursor = std::move(*cursor)};
  for (JsonItems items(*tools); items.next();) {
    auto tool = read_tool(items.value());
    if (tool) {
      page.tools.push_back(std::move(*tool));
    } else {
      page.refused.push_back(left_out(items.value(), tool.error()));
    }
  }
  return page;
}

Result<ToolResult> read_tool_result(JsonView value) {
  const auto object = JsonObject::read(value, "the tool's result");
  if (!object) return std::unexpected(object.error());
  const auto failed = object->boolean("isError");
  if (!failed) return std::unexpected(failed.error());
  ToolResult result;
  result.is_error = failed->value_or(false);
  if (const auto* content = object->find("content")) {
    if (content->type() != JsonView::Type::array) {
      return fail(ErrorCode::invalid, "content of the tool's result must be an array");
    }
    for (JsonItems items(*content); items.next();) add_block(items.value(), result);
  }
  if (const auto* structured = object->find("structuredContent")) {
    result.structured = JsonText(*structured);
  }
  return result;
}

std::string call_tool_params(std::string_view name, std::string_view arguments) {
  std::string params = R"({"name":)";
  append_json_string(name, params);
  return params.append(R"(,"arguments":)").append(arguments) += '}';
}

std::string list_params(std::string_view cursor) {
  if (cursor.empty()) return "{}";
  std::string params = R"({"cursor":)";
  append_json_string(cursor, params);
  return params += '}';
}

}  // namespace nightshift::bridges::mcp
