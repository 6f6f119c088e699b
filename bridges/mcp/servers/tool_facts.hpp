// What a call of a tool would be, as the journal and this machine have it now.
#pragma once

#include <string>

#include "messages/canonical.hpp"
#include "messages/error.hpp"
#include "messages/mcp_config.pb.h"
#include "runtime/node.hpp"

namespace nightshift::bridges::mcp {

/// A tool that may be called as it is.
struct KnownTool {
  McpPolicy policy = MCP_POLICY_UNSPECIFIED;
  /// Of what a person has accepted, in hex.
  std::string pin;
  bool repeatable = false;
  McpServerConfig config;
};

/// `no_executor` where there is no such server or tool, or this node lacks its capability;
/// `forbidden` by its policy; `digest_mismatch` where nobody has accepted it as it is.
Result<KnownTool> known_tool(const runtime::Node& node, const std::string& server,
                             const std::string& tool);

/// All that the digest of an approved call covers, in the order of docs/formats/tool-call.md:
/// `server`, `tool`, `reached`, `pin`, `class`, the files, `arguments`. Errors as `known_tool`,
/// `invalid` for arguments that receivers would read differently, and those of `named_files`.
/// `closed` is the node's own data.
Result<Canonical> facts_of_call(const runtime::Node& node, const std::string& server,
                                const std::string& tool, const std::string& arguments,
                                const std::string& closed);

/// Where `approved` differs from what the same call would be now, in words; empty where it does
/// not.
std::string difference(const Canonical& approved, const Canonical& now);

}  // namespace nightshift::bridges::mcp
