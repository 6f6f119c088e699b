// A tool call's part of the canonical content.
#include "actors/approval/tool_call.hpp"

#include <algorithm>

#include "actors/approval/text.hpp"

namespace nightshift::actors {
namespace {

/// The arguments as they were proposed: what was found out is about these, and not in the content.
constexpr std::string_view asked = "asked";

std::string value_of(const Canonical& content, std::string_view name) {
  return std::string(content.find(name).value_or(""));
}

bool is_about(const Canonical& facts, const approval::Action::Mcp& action) {
  return facts.find("server") == action.server() && facts.find("tool") == action.tool() &&
         facts.find(asked) == action.arguments();
}

}  // namespace

Result<ToolCall> tool_call_of(const approval::Proposal& proposal, const kernel::Targets& found,
                              const std::string& node) {
  const auto& action = proposal.action().mcp();
  ToolCall call{.title = proposal.title(), .note = proposal.body(), .facts = {}};
  const auto fits = [&](const auto& target) { return is_about(target.second, action); };
  const auto target = std::ranges::find_if(found, fits);
  if (target == found.end()) {
    return fail(ErrorCode::no_executor,
                "the node " + node + " has not looked at the tool " + text::visible(action.tool()) +
                    " of the MCP server " + text::visible(action.server()) +
                    " for exactly these arguments; propose it anew",
                "action");
  }
  for (const auto& [name, value] : target->second.fields()) {
    if (name != asked) call.facts.add(name, value);
  }
  return call;
}

void recall_tool(const approval::Proposal& proposal, const ToolCall& call, kernel::Targets& found) {
  const auto& action = proposal.action().mcp();
  auto facts = call.facts;
  facts.add(asked, action.arguments());
  found.insert_or_assign(action.server() + "/" + action.tool(), std::move(facts));
}

void add_tool_call(Canonical& content, const ToolCall& call) {
  content.add("title", call.title);
  if (!call.note.empty()) content.add("note", call.note);
  for (const auto& [name, value] : call.facts.fields()) content.add(name, value);
}

Result<ToolCall> read_tool_call(const Canonical& content) {
  const auto& fields = content.fields();
  const auto named = [](std::string_view name) {
    return [name](const auto& field) { return field.first == name; };
  };
  const auto first = std::ranges::find_if(fields, named("server"));
  const auto last = std::find_if(first, fields.end(), named("arguments"));
  const bool whole = last != fields.end() && content.find("tool") && content.find("pin");
  if (!whole) {
    return fail(ErrorCode::corrupt, "the content does not say which tool is called with what",
                "arguments");
  }
  ToolCall call{
      .title = value_of(content, "title"), .note = value_of(content, "note"), .facts = {}};
  for (auto field = first; field <= last; ++field) call.facts.add(field->first, field->second);
  return call;
}

}  // namespace nightshift::actors
