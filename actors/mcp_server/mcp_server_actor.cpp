// Registers the kind `mcp_server`.
#include "actors/mcp_server/mcp_server.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_mcp_server(runtime::Catalog& catalog) { catalog.add(kernel::lift<McpServer>()); }

}  // namespace nightshift::actors
