// What a handler is given, and the handlers: one function per kind of route.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bridges/http/access.hpp"
#include "bridges/http/exchange.hpp"
#include "bridges/http/routes.hpp"
#include "bridges/http/server.hpp"
#include "bridges/http/target.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::http {

class FrontMetrics;
class UsageCalls;

/// What handlers work with; outlives every call.
struct Services {
  runtime::Node& node;
  const HttpOptions& options;
  const Routes& routes;
  FrontMetrics& metrics;
  /// The OpenAPI document, made once.
  const std::string& openapi;
  UsageCalls& usage;
  Sessions& sessions;
  /// Of sessions.
  const std::string& cookie_name;
};

/// One request on its way through a handler. `caller` is null on open routes; `authority` is the
/// one that knew it.
struct Call {
  const Services& services;
  const Route& route;
  const Request& request;
  const Target& target;
  const kernel::Caller* caller = nullptr;
  std::shared_ptr<const Authority> authority;
  std::string_view id;
  /// How the caller showed itself.
  const Known& who;

  runtime::Node& node() const { return services.node; }
  /// The problem of this error on this path.
  Response refuse(const Error& error) const;
  /// True if only what the caller itself proposed may be shown.
  bool own_only() const { return !caller->may(SCOPE_READ); }
  EntityRef entity() const;
};

// node_routes.cpp
Response get_liveness(const Call& call);
Response get_readiness(const Call& call);
Response get_metrics(const Call& call);
Response get_openapi(const Call& call);
Response get_kinds(const Call& call);
Response get_node(const Call& call);
Response get_audit_head(const Call& call);

// login_routes.cpp
Response post_login(const Call& call);
Response get_login_page(const Call& call);
Response get_session(const Call& call);
Response list_sessions(const Call& call);
Response post_session_end(const Call& call);

// supervision_routes.cpp
Response get_supervision(const Call& call);
Response post_kill(const Call& call);
Response post_resume(const Call& call);

// backup_routes.cpp
Response get_backups(const Call& call);
Response get_cluster(const Call& call);
Response post_backup(const Call& call);

// retention_routes.cpp
Response get_retention(const Call& call);
Response get_retention_plan(const Call& call);
Response post_retention(const Call& call);

// entity_routes.cpp
Response get_entity(const Call& call);
Response list_entities(const Call& call);

// event_routes.cpp
Response get_log_events(const Call& call);
Response get_entity_events(const Call& call);

// census_route.cpp
Response get_census(const Call& call);

// dashboard_routes.cpp
Response get_dashboard(const Call& call);
Response post_dashboard_approve(const Call& call);
Response post_dashboard_reject(const Call& call);

// inbox_route.cpp
Response get_inbox(const Call& call);

// usage_route.cpp
Response get_usage_sums(const Call& call);

// mcp_route.cpp
Response post_mcp(const Call& call);

// why_route.cpp
Response get_why(const Call& call);

// command_route.cpp
Response post_command(const Call& call);

/// Shows the answer of a command that was accepted, on any thread.
using Present = std::function<Response(const runtime::Answer&)>;

/// Hands a command to the node with the key, the precondition and the patience that the request
/// names. The response comes later.
Response submit(const Call& call, EntityRef entity,
                std::shared_ptr<const google::protobuf::Message> body, Present present);

/// What GET on the entity would show this caller: `not_found`, or `forbidden` where the caller may
/// read only what it proposed and did not propose this.
Result<runtime::Answer> read_entity(const Call& call);

}  // namespace nightshift::bridges::http
