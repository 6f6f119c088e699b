// How a server is doing by its last calls (CONTRACTS.md, defaults).
#pragma once

#include <string>
#include <string_view>

#include "messages/mcp_server.pb.h"

namespace nightshift::actors {

namespace mcp_server_pb = nightshift::mcp_server;

enum class McpHealth { starting, online, degraded, offline, unauthenticated };

/// Of the last three calls, or those there are: none failed, some, or all three. Credentials that
/// are refused are a state of affairs of their own, until a call gets through.
McpHealth health_of(const mcp_server_pb::Subject& subject);
std::string_view word(McpHealth health);

/// Keeps the last three.
void note_call(mcp_server_pb::Subject& subject, const mcp_server_pb::Called& called);

/// At most 200 characters of it, none of which moves what stands around it.
std::string error_text(std::string_view text);

}  // namespace nightshift::actors
