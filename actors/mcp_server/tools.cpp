// Compares by pins.
#include "actors/mcp_server/tools.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "messages/mcp_words.hpp"

namespace nightshift::actors {

using namespace mcp_server_pb;

namespace {

constexpr std::size_t named_max = 8;

/// What the server says now.
const Definition& present(const Tool& tool) {
  return tool.has_offered() ? tool.offered() : tool.accepted();
}

std::vector<std::string> differences(const Definition& before, const Definition& now) {
  std::vector<std::string> fields;
  if (before.title() != now.title()) fields.emplace_back("title");
  if (before.description() != now.description()) fields.emplace_back("description");
  if (before.input_schema() != now.input_schema()) fields.emplace_back("input_schema");
  if (before.annotations() != now.annotations()) fields.emplace_back("annotations");
  if (fields.empty()) fields.emplace_back("what is not shown here");
  return fields;
}

}  // namespace

Result<void> check_tools(const ReportTools& report) {
  if (report.tools_size() > mcp_tools_max || report.refused_size() > mcp_tools_max) {
    return fail(ErrorCode::too_large,
                "more than " + std::to_string(mcp_tools_max) + " tools of one server", "tools");
  }
  if (report.ByteSizeLong() > mcp_tools_bytes_max) {
    return fail(ErrorCode::too_large, "the definitions of its tools are too long", "tools");
  }
  std::set<std::string_view> seen;
  for (const auto& tool : report.tools()) {
    if (tool.tool().empty() || tool.definition().pin().empty()) {
      return fail(ErrorCode::invalid, "a tool without a name or a pin", "tools");
    }
    if (!seen.insert(tool.tool()).second) {
      return fail(ErrorCode::invalid, tool.tool() + " stands twice among the tools", "tools");
    }
  }
  return {};
}

const Tool* find_tool(const Subject& subject, const std::string& name) {
  const auto found = std::ranges::find(subject.tools(), name, &Tool::tool);
  return found == subject.tools().end() ? nullptr : &*found;
}

bool are_same_tools(const Subject& subject, const ReportTools& report) {
  if (!subject.listed()) return false;
  const auto offered = std::ranges::count(subject.tools(), false, &Tool::gone);
  if (offered != report.tools_size()) return false;
  if (!std::ranges::equal(subject.refused(), report.refused())) return false;
  return std::ranges::all_of(report.tools(), [&subject](const ToolSeen& seen) {
    const auto* tool = find_tool(subject, seen.tool());
    return tool != nullptr && !tool->gone() && present(*tool).pin() == seen.definition().pin();
  });
}

void merge_tools(Subject& subject, const ToolsListed& listed) {
  std::map<std::string, Tool> before;
  for (auto& tool : *subject.mutable_tools()) before[tool.tool()] = std::move(tool);
  subject.clear_tools();
  for (const auto& seen : listed.tools()) {
    auto& tool = *subject.add_tools();
    tool.set_tool(seen.tool());
    if (const auto known = before.extract(seen.tool()); known && known.mapped().has_accepted()) {
      *tool.mutable_accepted() = known.mapped().accepted();
    }
    if (listed.first()) {
      *tool.mutable_accepted() = seen.definition();
    } else if (tool.accepted().pin() != seen.definition().pin()) {
      *tool.mutable_offered() = seen.definition();
    }
  }
  // What was accepted once is known again when it comes back.
  for (auto& [name, tool] : before) {
    if (!tool.has_accepted() || subject.tools_size() >= 2 * mcp_tools_max) continue;
    tool.clear_offered();
    tool.set_gone(true);
    *subject.add_tools() = std::move(tool);
  }
  *subject.mutable_refused() = listed.refused();
  subject.set_listed(true);
}

bool waits(const Subject& subject, const Tool& tool) {
  return tool.has_offered() && !tool.gone() &&
         policy_of(subject.config(), tool.tool()) != MCP_POLICY_FORBIDDEN;
}

int count_waiting(const Subject& subject) {
  return static_cast<int>(std::ranges::count_if(
      subject.tools(), [&subject](const Tool& tool) { return waits(subject, tool); }));
}

std::string changes(const Subject& subject, const ReportTools& report) {
  std::vector<std::string> all;
  std::set<std::string_view> offered;
  for (const auto& seen : report.tools()) {
    offered.insert(seen.tool());
    const auto* tool = find_tool(subject, seen.tool());
    if (tool == nullptr) {
      all.push_back(seen.tool() + " is new");
    } else if (tool->gone()) {
      all.push_back(seen.tool() + " is back");
    } else if (present(*tool).pin() != seen.definition().pin()) {
      all.push_back(seen.tool() + " has changed");
    }
  }
  for (const auto& tool : subject.tools()) {
    if (!tool.gone() && !offered.contains(tool.tool())) all.push_back(tool.tool() + " is gone");
  }
  std::string text;
  for (std::size_t i = 0; i < all.size() && i < named_max; ++i) {
    text += (i == 0 ? "" : ", ") + all[i];
  }
  if (all.size() > named_max) {
    text += " and " + std::to_string(all.size() - named_max) + " more";
  }
  return text;
}

ToolView tool_view(const Subject& subject, const Tool& tool) {
  ToolView view;
  const auto policy = policy_of(subject.config(), tool.tool());
  view.set_tool(tool.tool());
  view.set_policy(policy);
  view.set_capability(std::string(capability_of(subject.config(), tool.tool())));
  view.set_repeatable(is_repeatable(subject.config(), tool.tool()));
  view.set_standing(tool.gone()                      ? "gone"
                    : policy == MCP_POLICY_FORBIDDEN ? "forbidden"
                    : !tool.has_offered()            ? "usable"
                    : tool.has_accepted()            ? "changed"
                                                     : "new");
  const auto& accepted = tool.accepted();
  view.set_pin(accepted.pin());
  view.set_title(accepted.title());
  view.set_description(accepted.description());
  view.set_input_schema(accepted.input_schema());
  view.set_annotations(accepted.annotations());
  *view.mutable_cut() = accepted.cut();
  if (!tool.has_offered()) return view;
  *view.mutable_offered() = tool.offered();
  if (!tool.has_accepted()) return view;
  for (auto& field : differences(accepted, tool.offered())) view.add_differs(std::move(field));
  return view;
}

}  // namespace nightshift::actors
