// `nightshift mcp`: the node as an MCP server on stdin and stdout.
#include <unistd.h>

#include "bridges/cli/invocation.hpp"
#include "bridges/cli/mcp/relay.hpp"

namespace nightshift::bridges::cli {

void add_mcp_verb(CLI::App& app, Invocation& invocation) {
  auto& verb = *app.add_subcommand(
      "mcp", "The node as an MCP server on stdin and stdout, for an agent with its token");
  on(verb, invocation, [](Session& session) -> Result<void> {
    Relay relay([&] { return NodeApi(session.target, session.folder); }, session.program.version,
                session.out);
    relay.run(STDIN_FILENO);
    return {};
  });
}

}  // namespace nightshift::bridges::cli
