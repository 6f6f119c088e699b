// What a server decides, and how its events move it on.
#include "actors/mcp_server/mcp_server.hpp"

#include <chrono>

#include "actors/mcp_server/health.hpp"
#include "actors/mcp_server/tools.hpp"
#include "messages/mcp_words.hpp"

namespace nightshift::actors {

using namespace mcp_server_pb;

namespace {

using Events = McpServer::Events;
using State = McpServer::State;

/// The same failure of a server that is off line is written down again after so long.
constexpr std::chrono::minutes repeat_after{10};

Result<Events> defined(const Define& command, const kernel::Context& context) {
  if (auto good = check_mcp_config(command.config()); !good) return std::unexpected(good.error());
  Defined event;
  *event.mutable_config() = command.config();
  event.set_name(std::string(context.id));
  return event;
}

State begun(const Defined& event) {
  McpServer::Starting starting;
  *starting.mutable_subject()->mutable_config() = event.config();
  starting.mutable_subject()->set_name(event.name());
  return starting;
}

template <class Phase>
State in(Subject&& subject) {
  Phase phase;
  *phase.mutable_subject() = std::move(subject);
  return phase;
}

std::string call_words(const ReportCall& command, const std::string& error) {
  const auto what = command.tool().empty() ? std::string("a probe") : command.tool();
  switch (command.status()) {
    case CALL_STATUS_SUCCESS: return what + " succeeded";
    case CALL_STATUS_TIMEOUT: return what + " brought no answer in time";
    case CALL_STATUS_UNAUTHENTICATED: return what + " was refused for its credentials: " + error;
    default: return what + " failed: " + error;
  }
}

}  // namespace

// ---- decide

Result<Events> McpServer::decide(const Absent&, const Define& command, const Context& context) {
  return defined(command, context);
}

Result<Events> McpServer::decide(const McpServer::Deleted&, const Define& command,
                                 const Context& context) {
  return defined(command, context);
}

Result<Events> McpServer::decide(const McpServer::Deleted&, const Delete&, const Context&) {
  return Events();
}

Result<Events> McpServer::define(const Subject& subject, const Define& command,
                                 const Context& context) {
  if (command.new_only()) {
    return fail(ErrorCode::wrong_phase, "there is a server of this name already", "new_only");
  }
  auto events = defined(command, context);
  if (!events) return events;
  const bool same = command.config().SerializeAsString() == subject.config().SerializeAsString();
  if (same) return Events();
  return events;
}

Result<Events> McpServer::accept(const Subject& subject, const Accept& command,
                                 const Context& context) {
  const auto* tool = find_tool(subject, command.tool());
  if (tool == nullptr || tool->gone()) {
    return fail(ErrorCode::not_found, "it offers no tool " + command.tool(), "tool");
  }
  if (policy_of(subject.config(), command.tool()) == MCP_POLICY_FORBIDDEN) {
    return fail(ErrorCode::invalid, command.tool() + " is forbidden by the configuration", "tool");
  }
  if (!tool->has_offered() && tool->accepted().pin() == command.pin()) return Events();
  const auto& shown = tool->has_offered() ? tool->offered() : tool->accepted();
  if (shown.pin() != command.pin()) {
    return fail(ErrorCode::digest_mismatch,
                command.tool() + " is other than what was seen; look at it again, its pin is " +
                    shown.pin(),
                "pin");
  }
  mcp_server_pb::Accepted event;
  event.set_tool(command.tool());
  event.set_pin(command.pin());
  event.set_by(context.caller.principal);
  event.set_detail(command.tool() + ", by " + context.caller.principal);
  return event;
}

Result<Events> McpServer::opened(const Subject& subject, const ReportOpened& command) {
  if (command.facts().SerializeAsString() == subject.facts().SerializeAsString()) return Events();
  Opened event;
  *event.mutable_facts() = command.facts();
  event.set_detail(error_text(command.facts().name() + " " + command.facts().version() +
                              ", protocol " + command.facts().protocol()));
  return event;
}

Result<Events> McpServer::called(const Subject& subject, const ReportCall& command,
                                 const Context& context) {
  if (command.status() == CALL_STATUS_UNSPECIFIED) {
    return fail(ErrorCode::invalid, "status is missing", "status");
  }
  const bool failed = command.status() != CALL_STATUS_SUCCESS;
  const auto error = failed ? error_text(command.detail()) : std::string();
  const bool known = health_of(subject) == McpHealth::offline && failed && command.tool().empty() &&
                     error == subject.error_message() &&
                     command.status() == subject.calls(subject.calls_size() - 1) &&
                     context.now < from_proto(subject.last_call()) + repeat_after;
  if (known) return Events();
  Called event;
  event.set_status(command.status());
  *event.mutable_at() = to_proto(context.now);
  event.set_tool(command.tool());
  event.set_error_message(error);
  event.set_detail(call_words(command, error));
  return event;
}

Result<Events> McpServer::tools_listed(const Subject& subject, const ReportTools& command) {
  if (auto good = check_tools(command); !good) return std::unexpected(good.error());
  if (are_same_tools(subject, command)) return Events();
  ToolsListed event;
  *event.mutable_tools() = command.tools();
  *event.mutable_refused() = command.refused();
  event.set_first(!subject.listed());
  event.set_detail(subject.listed()
                       ? changes(subject, command)
                       : std::to_string(command.tools_size()) + ", for the first time");
  return event;
}

// ---- evolve

State McpServer::evolve(Absent&&, const Defined& event) { return begun(event); }
State McpServer::evolve(McpServer::Deleted&&, const Defined& event) { return begun(event); }

void McpServer::apply(Subject& subject, const Defined& event) {
  *subject.mutable_config() = event.config();
}

void McpServer::apply(Subject& subject, const Opened& event) {
  *subject.mutable_facts() = event.facts();
}

void McpServer::apply(Subject& subject, const Called& event) { note_call(subject, event); }

void McpServer::apply(Subject& subject, const ToolsListed& event) { merge_tools(subject, event); }

void McpServer::apply(Subject& subject, const mcp_server_pb::Accepted& event) {
  for (auto& tool : *subject.mutable_tools()) {
    if (tool.tool() != event.tool() || tool.offered().pin() != event.pin()) continue;
    *tool.mutable_accepted() = std::move(*tool.mutable_offered());
    tool.clear_offered();
  }
}

State McpServer::phase_of(Subject&& subject) {
  const auto health = health_of(subject);
  const bool is_reached = health == McpHealth::online || health == McpHealth::degraded;
  if (is_reached && count_waiting(subject) > 0) return in<Changed>(std::move(subject));
  switch (health) {
    case McpHealth::starting: return in<Starting>(std::move(subject));
    case McpHealth::online: return in<Online>(std::move(subject));
    case McpHealth::degraded: return in<Degraded>(std::move(subject));
    case McpHealth::offline: return in<Offline>(std::move(subject));
    case McpHealth::unauthenticated: return in<Unauthenticated>(std::move(subject));
  }
  return in<Starting>(std::move(subject));
}

// ---- view

View McpServer::subject_view(const Subject& subject) {
  View view;
  view.set_mcp_name(subject.name());
  if (!subject.config().command().empty()) view.set_process(mcp_process(subject.name()));
  view.set_health(std::string(word(health_of(subject))));
  if (subject.has_last_success()) {
    *view.mutable_last_successful_call_timestamp() = subject.last_success();
  }
  if (subject.has_last_call()) *view.mutable_last_call_timestamp() = subject.last_call();
  if (!subject.calls().empty()) {
    switch (subject.calls(subject.calls_size() - 1)) {
      case CALL_STATUS_SUCCESS: view.set_last_call_status("success"); break;
      case CALL_STATUS_TIMEOUT: view.set_last_call_status("timeout"); break;
      case CALL_STATUS_UNAUTHENTICATED: view.set_last_call_status("unauthenticated"); break;
      default: view.set_last_call_status("error"); break;
    }
  }
  view.set_error_message(subject.error_message());
  view.set_waiting(static_cast<std::uint32_t>(count_waiting(subject)));
  for (const auto& tool : subject.tools()) {
    if (view.tool().empty() && waits(subject, tool)) {
      view.set_tool(tool.tool());
      view.set_pin(tool.offered().pin());
    }
    *view.add_tools() = tool_view(subject, tool);
  }
  *view.mutable_refused() = subject.refused();
  *view.mutable_facts() = subject.facts();
  *view.mutable_config() = subject.config();
  return view;
}

}  // namespace nightshift::actors
