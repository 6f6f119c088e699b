// The JSON of tools and their results.
#include "bridges/mcp/gate/tool_source.hpp"

#include <algorithm>

#include "runtime/json_writer.hpp"

namespace nightshift::bridges::mcp {

bool ToolSource::has(std::string_view name) const {
  const auto all = tools();
  return std::ranges::find(all, name, &ToolInfo::name) != all.end();
}

ToolAnswer ToolAnswer::error(const Error& error) {
  std::string structured;
  runtime::JsonWriter json(structured);
  json.begin_object().field("code", info(error.code).name).field("detail", error.detail);
  if (!error.instance.empty()) json.field("instance", error.instance);
  json.end_object();
  return {.text = std::string(info(error.code).name) + ": " + error.detail,
          .failed = true,
          .structured = std::move(structured)};
}

std::string to_json(const ToolInfo& tool) {
  std::string out;
  runtime::JsonWriter json(out);
  json.begin_object().field("name", tool.name).field("title", tool.title);
  json.field("description", tool.description).key("inputSchema").raw(tool.input_schema);
  json.key("annotations").begin_object().field("readOnlyHint", tool.reads_only);
  json.end_object().end_object();
  return out;
}

std::string to_json(const ToolAnswer& result) {
  std::string out;
  runtime::JsonWriter json(out);
  json.begin_object();
  // What the other end means, and nothing that is between it and us.
  JsonItems members(result.passed_on.view());
  bool passed_on = false;
  while (members.next()) {
    const auto name = members.name();
    if (name != "content" && name != "structuredContent" && name != "isError") continue;
    json.key(name).raw(members.value().raw());
    passed_on = passed_on || name == "content";
  }
  if (!passed_on) {
    json.key("content").begin_array().begin_object();
    json.field("type", "text").field("text", result.text).end_object().end_array();
    if (!result.structured.empty()) json.key("structuredContent").raw(result.structured);
    if (result.failed) json.field("isError", true);
  }
  if (!result.pending.empty()) {
    json.key("_meta").begin_object().field("nightshift/pending", result.pending).end_object();
  }
  json.end_object();
  return out;
}

}  // namespace nightshift::bridges::mcp
