// The MCP servers of a node put together: those of the configuration, and the bridge to them.
#pragma once

#include <memory>
#include <string>

#include "bridges/mcp/servers/open_servers.hpp"
#include "runtime/endpoint.hpp"
#include "runtime/node.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// Defines what `[mcp.NAME]` says, as it says it now. One that is refused is reported, and the
/// others go on.
void ensure_mcp_servers(runtime::Node& node, const runtime::Settings& settings);

/// What the bridge is to have. `secrets` is asked at the moment that a secret is needed.
bridges::mcp::ServersOptions mcp_options(std::shared_ptr<runtime::Clock> clock,
                                         std::shared_ptr<runtime::Streams> streams,
                                         std::shared_ptr<const runtime::SecretResolver> secrets,
                                         std::string version);

/// The bridge as a part of the node that may be built anew; others find it in `open`.
runtime::supervision::Part mcp_part(runtime::Node& node, bridges::mcp::ServersOptions options,
                                    std::shared_ptr<bridges::mcp::OpenServers> open);

/// The node as a server: its own tools, and those of all connected servers.
std::shared_ptr<runtime::EndpointHandler> mcp_gate(runtime::Node& node, const std::string& version);

}  // namespace nightshift::tools
