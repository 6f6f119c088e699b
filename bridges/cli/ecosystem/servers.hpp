// From `mcp.json`, as Claude Code keeps it, to the configurations of MCP servers. Nothing here
// looks at a machine or changes one.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "bridges/cli/ecosystem/document.hpp"
#include "bridges/cli/ecosystem/translate.hpp"
#include "messages/mcp_config.pb.h"

namespace nightshift::bridges::cli::ecosystem {

struct ImportedServer {
  std::string id;
  McpServerConfig config;
};

struct Servers {
  std::vector<ImportedServer> servers;
  std::vector<Remark> remarks;
  /// Values that must never be journaled, by the names under which they are to be sealed.
  std::map<std::string, std::string> secrets;

  /// True if nothing in it is wrong.
  bool usable() const;
};

/// True for an object with `mcpServers`.
bool holds_servers(const Json& document);

/// `variables` is what `${NAME}` and `${NAME:-otherwise}` stand for; `folder`, absolute, is where
/// commands run. Every field that is not taken over whole is in `remarks`.
Servers translate_servers(const Json& document, const std::map<std::string, std::string>& variables,
                          const std::filesystem::path& folder);

}  // namespace nightshift::bridges::cli::ecosystem
