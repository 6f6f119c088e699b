// The call of a tool of an MCP server, between the proposal and the canonical content.
#pragma once

#include <string>

#include "messages/approval.pb.h"
#include "messages/canonical.hpp"
#include "messages/error.hpp"
#include "runtime/kernel/context.hpp"

namespace nightshift::actors {

/// The fields of `docs/formats/tool-call.md` that stand where a message would.
struct ToolCall {
  /// What it is about, in the proposer's words: signed, and not sent.
  std::string title;
  std::string note;
  /// What is called, as the node has found it: `server` and `tool` first, `arguments` last.
  Canonical facts;
};

/// What was found out for exactly this proposal; `no_executor` where nothing was.
Result<ToolCall> tool_call_of(const approval::Proposal& proposal, const kernel::Targets& found,
                              const std::string& node);
/// What was found out then, so that the same can be decided again.
void recall_tool(const approval::Proposal& proposal, const ToolCall& call, kernel::Targets& found);

void add_tool_call(Canonical& content, const ToolCall& call);
/// Reads what `add_tool_call` has added; `corrupt` where a field is missing.
Result<ToolCall> read_tool_call(const Canonical& content);

}  // namespace nightshift::actors
