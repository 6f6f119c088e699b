// import: MCP servers, as Claude Code keeps them.
#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/processes/import_parts.hpp"
#include "bridges/cli/processes/jlist.hpp"
#include "bridges/cli/table.hpp"
#include "messages/json.hpp"

namespace nightshift::bridges::cli {
namespace {

void show(Session& session, const ecosystem::Servers& servers, bool dry) {
  if (session.json && dry) {
    auto report = remarks_json(servers.remarks, servers.secrets);
    report["servers"] = Json::array();
    for (const auto& server : servers.servers) {
      report["servers"].push_back(
          {{"id", server.id}, {"config", Json::parse(to_json(server.config))}});
    }
    session.out << report.dump() << "\n";
  }
  if (session.json) return;
  Table table({"MCP SERVER", "REACHED BY"});
  for (const auto& server : servers.servers) {
    auto line = server.config.url() + server.config.command();
    for (const auto& argument : server.config.args()) line += " " + argument;
    table.add({server.id, line});
  }
  const auto look = session.look();
  session.out << table.render(look.columns, look.colour);
  show_remarks(session, servers.remarks, servers.secrets, dry);
}

}  // namespace

Result<void> import_servers(Session& session, const ecosystem::Servers& servers,
                            const ImportFlags& flags) {
  show(session, servers, flags.dry_run);
  if (!servers.usable()) {
    return fail(ErrorCode::invalid, "nothing was imported: mend what is marked WRONG first",
                flags.file.string());
  }
  if (flags.dry_run) return {};
  if (auto sealed = seal(session, servers.secrets); !sealed) return sealed;
  for (const auto& server : servers.servers) {
    const auto answer = session.api.post("/v1/mcp_server/" + server.id + "/define",
                                         "{\"config\":" + to_json(server.config) + "}");
    if (!answer) return std::unexpected(answer.error());
    if (session.json) session.out << answer->body << "\n";
  }
  return {};
}

}  // namespace nightshift::bridges::cli
