// From what a server says to what is written down of it: cut, so that it stays readable.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bridges/mcp/protocol/news.hpp"
#include "bridges/mcp/protocol/tool.hpp"
#include "messages/mcp_server.pb.h"

namespace nightshift::bridges::mcp {

/// All tools of a server that can be taken, whole, by name.
using Tools = std::map<std::string, Tool, std::less<>>;

inline constexpr std::size_t tools_max = 512;

mcp_server::ReportOpened report_of(const ServerFacts& facts);
mcp_server::ReportTools report_of(const Tools& tools, const std::vector<std::string>& refused);
/// Of a call of `tool`, or of a probe where that is empty.
mcp_server::ReportCall report_of(const Outcome& outcome, const std::string& tool);
mcp_server::ReportCall report_of(const Error& why, const std::string& tool);

}  // namespace nightshift::bridges::mcp
