// `Logs/MCP_Health/NAME.md`: how an MCP server is doing. Format: docs/formats/logs.md.
#pragma once

#include "bridges/vault/entity_pages.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class McpHealth final : public EntityPages {
 public:
  McpHealth(runtime::Node& node, const Folder& root, ErrorsLog& errors)
      : EntityPages("mcp_server", node, root, errors) {}

 private:
  Result<void> write(const runtime::Answer& answer) override;
};

}  // namespace nightshift::bridges::vault
