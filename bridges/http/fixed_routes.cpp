// The routes that are there whatever the kinds.
#include <iterator>

#include "bridges/http/call.hpp"
#include "bridges/http/outbox_route.hpp"

namespace nightshift::bridges::http {
namespace {

constexpr Method get = Method::get;
constexpr Method post = Method::post;

Route read(std::string pattern, std::string summary, Handler handler,
           std::vector<Parameter> query = {}) {
  return {get,     std::move(pattern), SCOPE_READ, false, std::move(summary),
          handler, std::move(query)};
}

std::vector<Route> about_the_node() {
  return {
      {get, "/livez", SCOPE_UNSPECIFIED, false, "The process runs.", get_liveness, {}},
      {get,
       "/readyz",
       SCOPE_UNSPECIFIED,
       false,
       "The node takes commands; if not, why.",
       get_readiness,
       {}},
      read("/metrics", "Metrics in Prometheus' text form.", get_metrics),
      read("/v1/openapi.json", "This interface as OpenAPI 3.1.", get_openapi),
      read("/v1/kinds", "The kinds, their commands, phases and fields.", get_kinds),
      read("/v1/node", "What this node is and what it has done.", get_node),
      read("/v1/cluster", "The node's sessions with its peers, and who was turned away.",
           get_cluster),
      read("/v1/cluster/outbox",
           "Commands for entities at home at other nodes: what waits, and what became of the last.",
           get_outbox,
           {{"command_id", "the one alone that the answer 202 named"}, limit_parameter()}),
  };
}

std::vector<Route> about_what_is_there() {
  const Parameter after{"after", "`OFFSET` or `LOG:OFFSET`; from the beginning if absent"};
  return {
      read("/v1/census", "How many entities there are, by kind and status.", get_census),
      read("/v1/inbox", "What waits for a person, and what to do about each.", get_inbox,
           {limit_parameter(), after_id_parameter()}),
      read("/v1/usage/sums", "What all meters have counted, by time, agent, task type or model.",
           get_usage_sums,
           {{"by", "`day`, `week`, `month`, `agent`, `task_type` or `model`; `day` if absent"},
            {"from", "a day of the zone, or a time; from the first call if absent"},
            {"to", "as `from`, and not part of the sums; to the last call if absent"},
            {"tz", "IANA time zone, `Europe/Berlin`; the node's if absent"}}),
      read("/v1/audit/head",
           "The head of the chain: keep it elsewhere, and a cut or rewritten log is seen.",
           get_audit_head),
      read("/v1/events",
           "Records of the whole log; with Accept: text/event-stream a stream that does not end.",
           get_log_events, {after, limit_parameter()}),
  };
}

std::vector<Route> about_supervision() {
  return {
      read("/v1/supervision",
           "The supervision tree: what runs, restarts, last errors, queues, quarantine.",
           get_supervision),
      {post,
       "/v1/supervision/kill",
       SCOPE_ADMIN,
       false,
       "End a part, a branch or an entity's actor at once; it is started anew.",
       post_kill,
       {{"path", "as `/v1/supervision` has it: `work/effects`"}}},
      {post,
       "/v1/supervision/resume",
       SCOPE_ADMIN,
       false,
       "Take an entity out of quarantine.",
       post_resume,
       {{"path", "`entities/KIND/ID` or `KIND/ID`"}}},
  };
}

std::vector<Route> about_backups() {
  return {
      {get,
       "/v1/backups",
       SCOPE_ADMIN,
       false,
       "Scheduled backups and their rehearsals, when the next is due, and what is under way.",
       get_backups,
       {}},
      {post,
       "/v1/backup",
       SCOPE_ADMIN,
       false,
       "Begin a backup into a new folder; `/v1/backups` says what becomes of it.",
       post_backup,
       {{"path", "the folder to make, by its whole path on the node's machine"}}},
  };
}

std::vector<Route> about_retention() {
  return {
      {get,
       "/v1/retention",
       SCOPE_ADMIN,
       false,
       "How long what is at rest is kept, when the next run is due, and what became of the last.",
       get_retention,
       {}},
      {get,
       "/v1/retention/plan",
       SCOPE_ADMIN,
       false,
       "What a run would archive now, and why the rest of what is old enough stays.",
       get_retention_plan,
       {limit_parameter()}},
      {post,
       "/v1/retention/run",
       SCOPE_ADMIN,
       false,
       "Begin to archive what is old; `/v1/retention` says what becomes of it.",
       post_retention,
       {}},
  };
}

std::vector<Route> of_browsers() {
  return {
      {get,
       "/login",
       SCOPE_UNSPECIFIED,
       false,
       "Where a one-time link leads: a page that signs the browser in.",
       get_login_page,
       {{"code", "as the link has it"}}},
      {post,
       "/v1/login",
       SCOPE_READ,
       false,
       "A one-time link that signs a browser in as the caller. Never for an agent.",
       post_login,
       {}},
      read("/v1/session", "Who is signed in here, and the session's CSRF token.", get_session),
      read("/v1/sessions", "The caller's sessions; all of them with scope admin.", list_sessions),
      {post,
       "/v1/session/end",
       SCOPE_READ,
       false,
       "End a session: this one, or any of the caller's; anybody's with scope admin.",
       post_session_end,
       {{"id", "as `/v1/sessions` has it; the one that asks if absent"}}},
  };
}

std::vector<Route> of_agents() {
  return {{post,
           "/mcp",
           SCOPE_PROPOSE,
           false,
           "The Model Context Protocol (Streamable HTTP): propose, wait, ask for permission.",
           post_mcp,
           {}}};
}

/// As the first systems had them, for dashboards that were made for those.
std::vector<Route> of_the_dashboard() {
  return {
      read("/api/status", "The approvals that wait for a decision, as an array.", get_dashboard,
           {limit_parameter(), after_id_parameter()}),
      {post,
       "/api/approve",
       SCOPE_APPROVE,
       false,
       "Allow exactly the bytes of this digest, with an approver's signature.",
       post_dashboard_approve,
       {}},
      {post,
       "/api/reject",
       SCOPE_OPERATE,
       false,
       "Say no; the content is never sent.",
       post_dashboard_reject,
       {}},
  };
}

}  // namespace

Parameter limit_parameter() {
  return {"limit", "how many at most, 1 to 1000; 100 if absent", true};
}

Parameter after_id_parameter() { return {"after", "`next` of the page before"}; }

std::vector<Route> fixed_routes() {
  std::vector<Route> all;
  for (auto part : {about_the_node(), about_what_is_there(), about_supervision(), about_backups(),
                    about_retention(), of_browsers(), of_agents(), of_the_dashboard()}) {
    std::ranges::move(part, std::back_inserter(all));
  }
  return all;
}

}  // namespace nightshift::bridges::http
