// Servers as pages, whole.
#include "bridges/vault/mcp_health.hpp"

#include "bridges/vault/block_page.hpp"
#include "bridges/vault/table.hpp"
#include "messages/mcp_server.pb.h"

namespace nightshift::bridges::vault {
namespace {

std::string content_of(const runtime::Answer& answer, const mcp_server::View& view) {
  std::string lines;
  const auto line = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) lines += "- " + std::string(key) + ": " + cell(value) + "\n";
  };
  line("mcp_name", answer.entity.id);
  line("status", view.health().empty() ? answer.status : view.health());
  if (view.has_last_successful_call_timestamp()) {
    line("last_successful_call_timestamp",
         to_rfc3339(from_proto(view.last_successful_call_timestamp())));
  }
  line("last_call_status", view.last_call_status());
  line("error_message", view.error_message());
  if (view.waiting() > 0) line("tools_to_accept", std::to_string(view.waiting()));
  return lines;
}

}  // namespace

Result<void> McpHealth::write(const runtime::Answer& answer) {
  const auto* view = dynamic_cast<const mcp_server::View*>(answer.view.get());
  if (view == nullptr) return fail(ErrorCode::corrupt, answer.entity.id + " is no MCP server");
  return write_blocks(node_.clock().now(), root_, errors_,
                      "Logs/MCP_Health/" + answer.entity.id + ".md", "# MCP server\n",
                      {{.name = "health",
                        .heading = "## " + cell(answer.entity.id),
                        .content = content_of(answer, *view)}});
}

}  // namespace nightshift::bridges::vault
