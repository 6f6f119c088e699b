// The tools of a server: what people have accepted, and what it says now.
#pragma once

#include "messages/error.hpp"
#include "messages/mcp_server.pb.h"

namespace nightshift::actors {

namespace mcp_server_pb = nightshift::mcp_server;

/// Bounds of what is kept of one server.
inline constexpr int mcp_tools_max = 512;
inline constexpr std::size_t mcp_tools_bytes_max = 1u << 20;

/// `invalid` or `too_large`.
Result<void> check_tools(const mcp_server_pb::ReportTools& report);
/// Whether what is kept already says the same.
bool are_same_tools(const mcp_server_pb::Subject& subject,
                    const mcp_server_pb::ReportTools& report);

/// The first are accepted as they are; what comes later, or is other than before, waits.
void merge_tools(mcp_server_pb::Subject& subject, const mcp_server_pb::ToolsListed& listed);

/// It is offered, may be called, and is not what was accepted.
bool waits(const mcp_server_pb::Subject& subject, const mcp_server_pb::Tool& tool);
int count_waiting(const mcp_server_pb::Subject& subject);

const mcp_server_pb::Tool* find_tool(const mcp_server_pb::Subject& subject,
                                     const std::string& name);

/// Changes and additions in words: `echo has changed, read_file is new`; bounded.
std::string changes(const mcp_server_pb::Subject& subject,
                    const mcp_server_pb::ReportTools& report);

mcp_server_pb::ToolView tool_view(const mcp_server_pb::Subject& subject,
                                  const mcp_server_pb::Tool& tool);

}  // namespace nightshift::actors
