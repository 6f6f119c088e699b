// Reads the server's view, and the files.
#include "bridges/mcp/servers/tool_facts.hpp"

#include <algorithm>
#include <array>

#include "bridges/mcp/protocol/canonical_json.hpp"
#include "bridges/mcp/servers/named_files.hpp"
#include "messages/mcp_server.pb.h"
#include "messages/mcp_words.hpp"
#include "messages/nearest.hpp"
#include "runtime/kernel/allowance.hpp"

namespace nightshift::bridges::mcp {
namespace {

namespace pb = nightshift::mcp_server;

constexpr std::string_view kind = "mcp_server";
constexpr std::size_t names_max = 1000;

std::unexpected<Error> no_server(const runtime::Node& node, const std::string& server) {
  std::string text = "there is no MCP server " + server + " at this node";
  const auto page =
      node.list({.kind = std::string(kind), .where = {}, .after = {}, .limit = names_max});
  std::vector<std::string> known;
  for (const auto& item : page ? page->items : std::vector<runtime::Answer>()) {
    if (item.status != "deleted") known.push_back(item.entity.id);
  }
  const auto near = nearest(server, known);
  return fail(ErrorCode::no_executor,
              near.empty() ? text + "; define one: [mcp.NAME] in its configuration"
                           : text + "; did you mean " + near + "?",
              "action.mcp.server");
}

std::unexpected<Error> no_tool(const pb::View& view, const std::string& server,
                               const std::string& tool) {
  std::vector<std::string> known;
  for (const auto& one : view.tools()) known.push_back(one.tool());
  const auto near = nearest(tool, known);
  return fail(ErrorCode::no_executor,
              "the MCP server " + server + " offers no tool " + tool +
                  (near.empty() ? "" : "; did you mean " + near + "?"),
              "action.mcp.tool");
}

/// Anyone who holds the file in his hands at this machine.
bool is_here(const McpServerConfig& config) {
  if (!config.command().empty()) return true;
  constexpr std::array hosts{"://127.0.0.1", "://localhost", "://[::1]"};
  return std::ranges::any_of(hosts, [&](const char* host) { return config.url().contains(host); });
}

std::string reached(const McpServerConfig& config) {
  if (config.command().empty()) return config.url();
  auto text = config.command();
  for (const auto& argument : config.args()) text += " " + argument;
  if (!config.user().empty()) text += ", as " + config.user();
  if (!config.cwd().empty()) text += ", in " + config.cwd();
  return text;
}

}  // namespace

Result<KnownTool> known_tool(const runtime::Node& node, const std::string& server,
                             const std::string& tool) {
  const auto answer = node.get({std::string(kind), server});
  const auto view = answer ? std::dynamic_pointer_cast<const pb::View>(answer->view)
                           : std::shared_ptr<pb::View>();
  if (!view || answer->status == "deleted") return no_server(node, server);
  const auto named = [&](const pb::ToolView& one) { return one.tool() == tool; };
  const auto found = std::ranges::find_if(view->tools(), named);
  const auto policy = policy_of(view->config(), tool);
  if (policy == MCP_POLICY_FORBIDDEN) {
    return fail(ErrorCode::forbidden,
                "the tool " + tool + " of the MCP server " + server +
                    " is forbidden by the node's configuration",
                "action.mcp.tool");
  }
  if (found == view->tools().end() || found->standing() == "gone") {
    return no_tool(*view, server, tool);
  }
  if (found->standing() != "usable") {
    return fail(ErrorCode::digest_mismatch,
                "the tool " + tool + " of the MCP server " + server + " is " + found->standing() +
                    ", and nobody has accepted it as it is: nightshift mcp_server accept " +
                    server + " tool=" + tool + " pin=" + found->offered().pin(),
                "action.mcp.tool");
  }
  kernel::NodeFacts here;
  const auto& held = node.identity().capabilities();
  here.capabilities = {held.begin(), held.end()};
  if (!found->capability().empty() && !kernel::holds(here, found->capability())) {
    return fail(
        ErrorCode::no_executor,
        "this node lacks the capability " + found->capability() + ", which " + tool + " takes",
        "action.mcp.tool");
  }
  return KnownTool{policy, found->pin(), found->repeatable(), view->config()};
}

Result<Canonical> facts_of_call(const runtime::Node& node, const std::string& server,
                                const std::string& tool, const std::string& arguments,
                                const std::string& closed) {
  const auto known = known_tool(node, server, tool);
  if (!known) return std::unexpected(known.error());
  const auto wrong = [](const Error& error) {
    return fail(error.code, "the arguments: " + error.detail, "action.mcp.arguments");
  };
  const auto view = JsonView::read(arguments);
  if (!view) return wrong(view.error());
  const auto canonical = canonical_json(*view);
  if (!canonical) return wrong(canonical.error());
  Canonical facts;
  facts.add("server", server);
  facts.add("tool", tool);
  facts.add("reached", reached(known->config));
  facts.add("pin", known->pin);
  facts.add("class", known->repeatable ? "keyed" : "neither");
  if (is_here(known->config)) {
    const auto files = named_files(*view, known->config.cwd(), closed);
    if (!files) return std::unexpected(files.error());
    for (const auto& [name, digest] : *files) {
      facts.add("file", name);
      facts.add("file_sha256", digest);
    }
  }
  facts.add("arguments", *canonical);
  return facts;
}

std::string difference(const Canonical& approved, const Canonical& now) {
  const auto& before = approved.fields();
  const auto& after = now.fields();
  const auto first =
      std::ranges::find(before, "server", &std::pair<std::string, std::string>::first);
  const auto [was, is] = std::mismatch(first, before.end(), after.begin(), after.end());
  if (was == before.end() && is == after.end()) return {};
  // A digest is about the file before it.
  const bool of_file = was != before.end() && was->first == "file_sha256" && was != first;
  if (of_file) return "the file " + std::prev(was)->second + " is not what it was";
  const auto& field = was != before.end() ? *was : *is;
  if (field.first == "file") return "another file is there, or one is not: " + field.second;
  const auto text = is == after.end() ? "nothing" : is->second;
  return "its " + field.first + " is " + text + " now";
}

}  // namespace nightshift::bridges::mcp
