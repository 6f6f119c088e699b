// The section `[mcp.NAME]`: a server of the Model Context Protocol.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "messages/mcp_config.pb.h"
#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

/// By name.
using McpServers = std::map<std::string, McpServerConfig, std::less<>>;

/// Their names begin with `mcp.NAME.`, and go on as the fields of `McpServerConfig` do.
std::span<const SettingRule<McpServerConfig>> mcp_rules();

/// What is missing or wrong, as the second half of a sentence that begins with the section.
std::optional<std::string> incomplete(const McpServerConfig& server);

}  // namespace nightshift::runtime
