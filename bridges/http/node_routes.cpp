// Routes about the node as a whole.
#include "bridges/http/call.hpp"
#include "bridges/http/front_metrics.hpp"
#include "bridges/http/query.hpp"
#include "messages/crypto.hpp"
#include "messages/json.hpp"
#include "messages/options.pb.h"
#include "runtime/shapes.hpp"

namespace nightshift::bridges::http {
namespace {

Response status_text(std::string_view word) {
  Response out;
  runtime::JsonWriter(out.body).begin_object().field("status", word).end_object();
  return out;
}

void write_commands(const kernel::Kind& kind, runtime::JsonWriter& json) {
  json.key("commands").begin_array();
  for (const kernel::CommandInfo& command : kind.commands()) {
    if (command.scope == SCOPE_HOST) continue;
    json.begin_object()
        .field("name", command.word)
        .field("scope", enum_word(*Scope_descriptor()->FindValueByNumber(command.scope)))
        .field("summary", command.summary)
        .field("signed_by_approver", command.signed_by_approver)
        .end_object();
  }
  json.end_array();
}

void write_fields(const kernel::Kind& kind, runtime::JsonWriter& json) {
  json.key("fields").begin_array();
  const auto* view = kind.view_descriptor();
  for (int i = 0; i < view->field_count(); ++i) {
    const FieldRules& rule = view->field(i)->options().GetExtension(rules);
    json.begin_object()
        .field("name", view->field(i)->name())
        .field("indexed", rule.indexed())
        .field("column", rule.column())
        .end_object();
  }
  json.end_array();
}

void write_statuses(const kernel::Kind& kind, runtime::JsonWriter& json) {
  std::vector<std::string_view> shown;
  json.key("statuses").begin_array();
  for (const kernel::PhaseInfo& phase : kind.phases()) {
    if (std::ranges::find(shown, phase.status) != shown.end()) continue;
    shown.push_back(phase.status);
    json.text(phase.status);
  }
  json.end_array();
}

void write_stats(const runtime::NodeStats& stats, runtime::JsonWriter& json) {
  json.key("stats")
      .begin_object()
      .field("commands_accepted", stats.commands_accepted)
      .field("commands_refused", stats.commands_refused)
      .field("commands_in_flight", stats.commands_in_flight)
      .field("entities_active", stats.entities_active)
      .field("entities_restarted", stats.entities_restarted)
      .field("entities_quarantined", stats.entities_quarantined)
      .field("parts_restarted", stats.parts_restarted)
      .field("effects_dispatched", stats.effects_dispatched)
      .field("effects_committed", stats.effects_committed)
      .field("effects_failed", stats.effects_failed)
      .field("effects_unknown", stats.effects_unknown)
      .field("deadlines_fired", stats.deadlines_fired)
      .field("tells_accepted", stats.tells_accepted)
      .field("tells_refused", stats.tells_refused)
      .field("tells_waiting", stats.tells_waiting)
      .field("records", stats.log.records)
      .field("batches", stats.log.batches)
      .field("syncs", stats.log.syncs)
      .end_object();
}

}  // namespace

Response get_liveness(const Call&) { return status_text("alive"); }

Response get_readiness(const Call& call) {
  const std::vector<Error> obstacles = call.node().obstacles();
  if (obstacles.empty()) return status_text("ready");
  Response out;
  out.status = 503;
  runtime::JsonWriter json(out.body);
  json.begin_object().field("status", "not_ready").key("reasons").begin_array();
  for (const Error& obstacle : obstacles) {
    json.begin_object()
        .field("code", info(obstacle.code).name)
        .field("detail", obstacle.message())
        .end_object();
  }
  json.end_array().end_object();
  return out;
}

Response get_metrics(const Call& call) {
  if (const auto& backups = call.services.options.backups) {
    call.services.metrics.backups(backups->view());
  }
  Response out;
  out.content_type = runtime::Metrics::content_type;
  out.body = call.services.metrics.all().text(call.node().stats(), call.services.options.version);
  return out;
}

Response get_openapi(const Call& call) {
  Response out;
  out.body = call.services.openapi;
  return out;
}

Response get_kinds(const Call& call) {
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().key("items").begin_array();
  for (const kernel::Kind* kind : call.node().catalog().all()) {
    json.begin_object().field("name", kind->name()).field("summary", kind->summary());
    write_commands(*kind, json);
    write_statuses(*kind, json);
    write_fields(*kind, json);
    json.end_object();
  }
  json.end_array().end_object();
  return out;
}

Response get_node(const Call& call) {
  const Identity& identity = call.node().identity();
  const runtime::NodeStats stats = call.node().stats();
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object()
      .field("name", identity.node())
      .field("role", identity.role())
      .field("version", call.services.options.version)
      .field("log", identity.log_id())
      .field("signing_key", to_base64url(identity.signing_key()))
      .field("boot_epoch", stats.boot_epoch)
      .field("policy_version", identity.policy_version())
      .field("created_at", to_rfc3339(time_from_us(identity.created_at_us())));
  json.key("capabilities").begin_array();
  for (const std::string& capability : identity.capabilities()) json.text(capability);
  json.end_array();
  write_stats(stats, json);
  json.end_object();
  return out;
}

Response get_audit_head(const Call& call) {
  const storage::ChainHead head = call.node().head();
  Response out;
  runtime::JsonWriter(out.body)
      .begin_object()
      .field("log", head.log_id)
      .field("offset", head.offset)
      .field("head", to_hex(as_bytes(head.head)))
      .field("written_at", to_rfc3339(head.written_at))
      .end_object();
  return out;
}

}  // namespace nightshift::bridges::http
