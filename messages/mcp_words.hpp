// The words in which the configuration of an MCP server speaks. Format: docs/formats/mcp.md.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/mcp_config.pb.h"

namespace nightshift {

/// What is wrong with a configuration without looking at the machine: `invalid`, naming the field.
Result<void> check_mcp_config(const McpServerConfig& config);

/// Never unspecified.
McpPolicy policy_of(const McpServerConfig& config, std::string_view tool);
/// What a node must have to call it; empty where that is nothing.
std::string_view capability_of(const McpServerConfig& config, std::string_view tool);
bool is_repeatable(const McpServerConfig& config, std::string_view tool);

std::chrono::seconds probe_every(const McpServerConfig& config);
std::chrono::seconds call_timeout(const McpServerConfig& config);

/// The name of the process that a server over stdio is: `mcp-NAME`.
std::string mcp_process(std::string_view server);

/// `Authorization: Bearer sealed:crm` taken apart: what comes before the reference, and that.
struct SecretHeader {
  std::string before;
  std::string reference;
};
/// `invalid` for `secret_headers`.
Result<SecretHeader> parse_secret_header(std::string_view text);

}  // namespace nightshift
