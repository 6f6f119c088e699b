// What an agent is told of the node's own tools.
#include "bridges/mcp/gate/gate_tools.hpp"

namespace nightshift::bridges::mcp {
namespace {

constexpr const char* propose_schema =
    R"({"type": "object", "additionalProperties": false,
"required": ["title", "category"], "properties": {
"title": {"type": "string", "description": "What it is, in one line."},
"category": {"type": "string",
  "enum": ["email", "linkedin", "whatsapp", "odoo", "social", "tool"]},
"body": {"type": "string",
  "description": "The text that is sent; beside an action: a note for whoever decides."},
"to": {"type": "array", "items": {"type": "string"}},
"cc": {"type": "array", "items": {"type": "string"}},
"subject": {"type": "string"},
"account": {"type": "string", "description": "Whose account it is sent from."},
"attachments": {"type": "array", "items": {"type": "object", "properties": {
  "name": {"type": "string"}, "media_type": {"type": "string"},
  "bytes": {"type": "string", "description": "base64url"}}}},
"action": {"type": "object", "description":
  "How: {\"mail\": {}}, {\"webhook\": {\"target\", \"payload\"}}, or a tool of an MCP )"
    R"(server of the node: {\"mcp\": {\"server\", \"tool\", \"arguments\"}} with JSON text as )"
    R"(arguments; else into the outbox."},
"deadline": {"type": "string", "format": "date-time",
  "description": "After that nobody can approve it."},
"four_eyes": {"type": "boolean", "description": "Two people have to approve."},
"key": {"type": "string", "maxLength": 128, "description":
  "Any word of yours: the same proposal with the same key again is the same approval."}}})";

constexpr const char* id_schema =
    R"({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}})";

constexpr const char* withdraw_schema = R"({"type": "object", "required": ["id"], "properties": {
"id": {"type": "string"}, "reason": {"type": "string"}}})";

constexpr const char* wait_schema = R"({"type": "object", "required": ["id"], "properties": {
"id": {"type": "string"}, "seconds": {"type": "integer", "minimum": 0,
  "description": "At most; then it answers as it stands, and you may wait again."}}})";

constexpr const char* approvals_schema = R"({"type": "object", "properties": {
"status": {"type": "string", "enum": ["pending", "approved", "rejected", "sent", "failed",
  "unknown", "withdrawn", "expired"]},
"limit": {"type": "integer", "minimum": 1, "maximum": 50},
"after": {"type": "string", "description": "next of the page before"}}})";

constexpr const char* journal_schema = R"({"type": "object", "properties": {
"id": {"type": "string",
  "description": "Of an approval; without one, everything, which takes scope read."},
"after": {"type": "integer", "minimum": 0},
"limit": {"type": "integer", "minimum": 1, "maximum": 50}}})";

constexpr const char* permission_schema = R"({"type": "object",
"required": ["tool_name", "input"], "properties": {"tool_name": {"type": "string"},
"input": {"type": "object"}, "tool_use_id": {"type": "string"}}})";

constexpr const char* empty_schema = R"({"type": "object", "properties": {}})";

}  // namespace

std::vector<ToolInfo> GateTools::tools() const {
  return {
      {"propose", "Propose",
       "Ask for a person's approval of an action on the outside world: a mail, a post, a call. "
       "Nothing happens before a person has approved exactly this content. Answers at once with "
       "the approval's id; use wait to learn the decision.",
       propose_schema},
      {"wait", "Wait for a decision",
       "Wait until a person has decided on an approval of yours and it has been done. May be "
       "asked again, also after a break or a restart: nothing is lost.",
       wait_schema, true},
      {"status", "How an approval stands",
       "An approval of yours as it is now: its status, who decided, why, and what came of it.",
       id_schema, true},
      {"withdraw", "Withdraw", "Take a proposal of yours back, as long as nothing has been sent.",
       withdraw_schema},
      {"approvals", "Your approvals", "What you have proposed, by status if you like.",
       approvals_schema, true},
      {"journal", "The journal",
       "What happened, as the journal has it: of one approval of yours, or of everything you may "
       "read.",
       journal_schema, true},
      {"whoami", "Who you are here",
       "Your name, your scopes, the node, and how many of your proposals wait for a decision.",
       empty_schema, true},
      {"permission_prompt", "Ask for permission",
       "For Claude Code's --permission-prompt-tool: a person decides whether a tool may be used "
       "with exactly this input.",
       permission_schema},
  };
}

}  // namespace nightshift::bridges::mcp
