// Writes the OpenAPI document.
#include "bridges/http/openapi.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "bridges/http/call.hpp"
#include "bridges/http/dashboard.pb.h"
#include "bridges/http/problem.hpp"
#include "bridges/http/schema.hpp"
#include "messages/json.hpp"
#include "messages/options.pb.h"
#include "messages/record.pb.h"

namespace nightshift::bridges::http {
namespace {

constexpr std::array<int, 1> open_refusals{403};
constexpr std::array<int, 7> read_refusals{400, 401, 403, 404, 410, 500, 503};
constexpr std::array<int, 15> command_refusals{400, 401, 402, 403, 404, 409, 410, 412,
                                               413, 422, 429, 500, 503, 504, 507};

/// Shapes that are not messages, as JSON Schema. `docs/reference/http.md` shows the same.
constexpr std::string_view fixed_schemas = R"json(
"Problem":{"type":"object","description":"RFC 9457. `code` is stable; `detail` says what to do.",
"required":["type","title","status","code","detail","instance"],
"properties":{"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},
"code":{"type":"string"},"detail":{"type":"string"},"instance":{"type":"string"},
"command_id":{"type":"string","description":"Ask again with this Idempotency-Key."}}},
"Event":{"type":"object","required":["position","offset","kind","id","sequence","type","sentence",
"principal","decided_at","written_at","cause","correlation","home","event_id"],
"properties":{"position":{"type":"string","description":"LOG:OFFSET"},
"offset":{"type":"integer","minimum":1},"kind":{"type":"string"},"id":{"type":"string"},
"sequence":{"type":"integer","minimum":1},"type":{"type":"string","description":"KIND.Type"},
"event":{"type":"object","description":"Absent for a type that this version does not know."},
"sentence":{"type":"string"},"principal":{"type":"string"},
"decided_at":{"type":"string","format":"date-time"},
"written_at":{"type":"string","format":"date-time"},"cause":{"type":"string"},
"correlation":{"type":"string"},"home":{"type":"string"},"event_id":{"type":"string"}}},
"Tree":{"type":"object","required":["items"],"properties":{"items":{"type":"array",
"items":{"type":"object","required":["path","type","state","restarts","queue","since"],
"properties":{"path":{"type":"string"},
"type":{"type":"string","enum":["supervisor","part","entity"]},
"state":{"type":"string","enum":["starting","running","stopping","down","quarantined"]},
"strategy":{"type":"string"},"restarts":{"type":"integer"},"queue":{"type":"integer"},
"since":{"type":"string","format":"date-time"},"last_error":{"type":"string"},
"last_error_at":{"type":"string","format":"date-time"}}}}}},
"Census":{"type":"object","required":["items"],"properties":{"items":{"type":"array",
"items":{"type":"object","required":["kind","status","count"],"properties":{
"kind":{"type":"string"},"status":{"type":"string"},"count":{"type":"integer","minimum":0},
"more":{"type":"boolean","description":"There are more than `count`."}}}}}},
"DashboardApproval":{"type":"object","required":["approval_id","category","title","preview_text",
"timestamp","status","file_path","digest"],"properties":{"approval_id":{"type":"string"},
"category":{"type":"string","enum":["Email","LinkedIn","WhatsApp","Odoo","Social"]},
"title":{"type":"string"},"preview_text":{"type":"string"},
"timestamp":{"type":"string","format":"date-time"},"status":{"type":"string"},
"file_path":{"type":"string","description":"Of its draft; empty without a vault."},
"digest":{"type":"string"}}},
"LogPage":{"type":"object","required":["items","next"],"properties":{"items":{"type":"array",
"items":{"$ref":"#/components/schemas/Event"}},"next":{"type":"string"}}},
"EntityEventPage":{"type":"object","required":["items","next"],"properties":{"items":{
"type":"array","items":{"$ref":"#/components/schemas/Event"}},"next":{"type":"integer"}}},
"Why":{"type":"object","required":["id","kind","status","sequence","chain","complete","effects"],
"properties":{"id":{"type":"string"},"kind":{"type":"string"},"status":{"type":"string"},
"sequence":{"type":"integer"},"trigger":{"type":"object","properties":{
"command_id":{"type":"string"},"who":{"type":"string"},
"at":{"type":"string","format":"date-time"},"what":{"type":"string"}}},
"chain":{"type":"array","items":{"type":"object","properties":{"offset":{"type":"integer"},
"sequence":{"type":"integer"},"at":{"type":"string","format":"date-time"},
"what":{"type":"string"},"who":{"type":"string"},"type":{"type":"string"},
"cause":{"type":"string"},"correlation":{"type":"string"}}}},"complete":{"type":"boolean"},
"effects":{"type":"array","items":{"$ref":"#/components/schemas/EffectView"}}}},
"Backups":{"type":"object","required":["items"],"properties":{"folder":{"type":"string"},
"next_at":{"type":"string","format":"date-time"},
"asked":{"$ref":"#/components/schemas/BackupRun"},
"scheduled":{"$ref":"#/components/schemas/BackupRun"},
"items":{"type":"array","items":{"type":"object",
"required":["path","node","made_at","log","offset","head","files","bytes"],
"properties":{"path":{"type":"string"},"node":{"type":"string"},
"made_at":{"type":"string","format":"date-time"},"log":{"type":"string"},
"offset":{"type":"integer"},"head":{"type":"string"},"files":{"type":"integer"},
"bytes":{"type":"integer"},"rehearsed_at":{"type":"string","format":"date-time"},
"rehearsal":{"type":"string","enum":["passed","failed"]},"error":{"type":"string"}}}}}},
"BackupRun":{"type":"object","required":["path","state"],"properties":{"path":{"type":"string"},
"state":{"type":"string","enum":["running","done","failed"]},"code":{"type":"string"},
"error":{"type":"string"}}},
"Cluster":{"type":"object","required":["node","role","listens","authority","certificate",
"expires_at","peers","accepted","half_open","refused","refusals"],"properties":{
"node":{"type":"string"},"role":{"type":"string","enum":["cloud","local"]},
"listens":{"type":"string"},"authority":{"type":"boolean"},
"certificate":{"type":"string","enum":["member","invitation"]},
"expires_at":{"type":"string","format":"date-time"},
"peers":{"type":"array","items":{"type":"object","required":["node","role","state","since",
"sessions"],"properties":{"node":{"type":"string"},"role":{"type":"string"},
"state":{"type":"string","enum":["up","away"]},"since":{"type":"string","format":"date-time"},
"heard_at":{"type":"string","format":"date-time"},"sessions":{"type":"integer"},
"dialed_by":{"type":"string","enum":["us","peer"]},"protocol":{"type":"integer"},
"program":{"type":"string"},"problem":{"type":"string"}}}},
"accepted":{"type":"integer"},"half_open":{"type":"integer"},"refused":{"type":"integer"},
"refusals":{"type":"array","items":{"type":"object","required":["at","address","why"],
"properties":{"at":{"type":"string","format":"date-time"},"address":{"type":"string"},
"why":{"type":"string"}}}}}},
"Retention":{"type":"object","required":["folder","keep_s"],"properties":{
"folder":{"type":"string"},"keep_s":{"type":"integer","description":"0: nothing is archived."},
"next_at":{"type":"string","format":"date-time"},"run":{"type":"object",
"required":["at","state"],"properties":{"at":{"type":"string","format":"date-time"},
"state":{"type":"string","enum":["running","done","failed"]},"entities":{"type":"integer"},
"events":{"type":"integer"},"archives":{"type":"integer"},"postponed":{"type":"integer"},
"code":{"type":"string"},"error":{"type":"string"}}}}},
"Aged":{"type":"object","required":["kind","id","status","events","newest_at"],"properties":{
"kind":{"type":"string"},"id":{"type":"string"},"status":{"type":"string"},
"events":{"type":"integer"},"newest_at":{"type":"string","format":"date-time"},
"why":{"type":"string","description":"Why it stays."}}},
"RetentionPlan":{"type":"object","required":["going","staying","young","go","stay"],"properties":{
"going":{"type":"integer"},"staying":{"type":"integer"},"young":{"type":"integer"},
"go":{"type":"array","items":{"$ref":"#/components/schemas/Aged"}},
"stay":{"type":"array","items":{"$ref":"#/components/schemas/Aged"}}}},
"OnItsWay":{"type":"object","required":["id","kind","status","home","command_id","look"],
"properties":{"id":{"type":"string"},"kind":{"type":"string"},
"status":{"type":"string","enum":["waiting"]},"home":{"type":"string"},
"command_id":{"type":"string"},"look":{"type":"string"}}},
"UsageSum":{"type":"object","required":["calls","input_tokens","output_tokens","cache_read_tokens",
"cache_write_tokens","cost_micro_usd"],"properties":{"day":{"type":"string","format":"date"},
"week":{"type":"string","format":"date","description":"Its Monday."},
"month":{"type":"string","description":"2026-11"},"agent":{"type":"string"},
"task_type":{"type":"string"},"model":{"type":"string"},
"begins":{"type":"string","format":"date-time"},"ends":{"type":"string","format":"date-time"},
"calls":{"type":"integer"},"input_tokens":{"type":"integer"},"output_tokens":{"type":"integer"},
"cache_read_tokens":{"type":"integer"},"cache_write_tokens":{"type":"integer"},
"cost_micro_usd":{"type":"integer","description":"Millionths of a US dollar."}}},
"UsageSums":{"type":"object","required":["by","tz","items","total","position"],"properties":{
"by":{"type":"string"},"tz":{"type":"string"},"items":{"type":"array",
"items":{"$ref":"#/components/schemas/UsageSum"}},
"total":{"$ref":"#/components/schemas/UsageSum"},
"position":{"type":"string","description":"LOG:OFFSET up to which the journal was read."}}},
"Inbox":{"type":"object","required":["items","tells","files"],"properties":{"items":{"type":"array",
"items":{"type":"object","required":["kind","id","status","since","awaits","commands","entity"],
"properties":{"kind":{"type":"string"},"id":{"type":"string"},"status":{"type":"string"},
"since":{"type":"string","format":"date-time"},
"awaits":{"type":"string","description":"What a person has to do."},
"commands":{"type":"array","items":{"type":"string"}},
"entity":{"type":"object","description":"As GET on it answers."}}}},
"tells":{"type":"array","items":{"type":"object","description":"What does not get through.",
"properties":{"source":{"type":"string"},"target":{"type":"string"},"n":{"type":"integer"},
"command":{"type":"string"},"attempts":{"type":"integer"},
"since":{"type":"string","format":"date-time"},"cause":{"type":"string"},
"awaits":{"type":"string"}}}},
"files":{"type":"array","items":{"type":"object",
"description":"A file of the vault that is refused.","properties":{
"path":{"type":"string"},"since":{"type":"string","format":"date-time"},
"cause":{"type":"string"}}}},"next":{"type":"string"}}},)json";

std::string_view tag_of(const Route& route) { return route.kind ? route.kind->name() : "node"; }

/// The message that is the body of a command; null where the route takes none.
const google::protobuf::Descriptor* body_of(const Route& route) {
  if (route.handler == post_dashboard_approve) return dashboard::ApproveRequest::descriptor();
  if (route.handler == post_dashboard_reject) return dashboard::RejectRequest::descriptor();
  return route.command ? route.command->descriptor : nullptr;
}

std::string operation_id(const Route& route) {
  std::string out = route.method == Method::post ? "" : "get_";
  for (const char c : std::string_view(route.pattern).substr(1)) {
    if (c == '{' || c == '}') continue;
    out += c == '/' || c == '.' ? '_' : c;
  }
  return out;
}

std::string description(const Route& route) {
  if (route.scope == SCOPE_UNSPECIFIED) return "Needs no token.";
  std::string out =
      "Scope `" + enum_word(*Scope_descriptor()->FindValueByNumber(route.scope)) + "`";
  out += route.own ? ", or `propose` for what the caller itself proposed." : ".";
  return out;
}

/// A route that hands a command to an entity.
bool commands(const Route& route) { return body_of(route) != nullptr; }

class Document {
 public:
  explicit Document(std::string& out) : json_(out) {}

  void write(const Routes& routes, std::string_view version) {
    json_.begin_object().field("openapi", "3.1.0");
    write_info(version);
    write_tags(routes);
    json_.key("security").raw(R"([{"token":[]}])");
    json_.key("paths").begin_object();
    for (const Route& route : routes.all()) write_path(route);
    json_.end_object();
    write_components(routes);
    json_.end_object();
  }

 private:
  void write_info(std::string_view version) {
    json_.key("info")
        .begin_object()
        .field("title", "Nightshift")
        .field("version", version)
        .field("description",
               "Commands, views and events of a node. Generated from the kinds' schemas.")
        .end_object();
    json_.key("servers").raw(R"([{"url":"/"}])");
  }

  void write_tags(const Routes& routes) {
    json_.key("tags").begin_array();
    json_.raw(R"({"name":"node","description":"The node as a whole."})");
    const kernel::Kind* last = nullptr;
    for (const Route& route : routes.all()) {
      if (!route.kind || route.kind == last) continue;
      last = route.kind;
      json_.begin_object().field("name", last->name()).field("description", last->summary());
      json_.end_object();
    }
    json_.end_array();
  }

  void write_path(const Route& route) {
    json_.key(route.pattern).begin_object();
    json_.key(route.method == Method::post ? "post" : "get").begin_object();
    json_.field("operationId", operation_id(route))
        .field("summary", route.summary.empty() ? operation_id(route) : route.summary)
        .field("description", description(route));
    json_.key("tags").begin_array().text(tag_of(route)).end_array();
    if (route.scope == SCOPE_UNSPECIFIED) json_.key("security").raw("[]");
    write_parameters(route);
    if (const auto* body = body_of(route)) write_body(*body);
    write_responses(route);
    json_.end_object().end_object();
  }

  void write_parameter(std::string_view in, std::string_view name, std::string_view about,
                       std::string_view type) {
    json_.begin_object().field("name", name).field("in", in);
    if (in == "path") json_.field("required", true);
    if (!about.empty()) json_.field("description", about);
    json_.key("schema").raw(type).end_object();
  }

  void write_parameters(const Route& route) {
    constexpr std::string_view text = R"({"type":"string"})";
    constexpr std::string_view number = R"({"type":"integer","minimum":0})";
    json_.key("parameters").begin_array();
    if (route.pattern.contains("{id}")) {
      write_parameter("path", "id", {}, R"({"type":"string","pattern":"^[A-Za-z0-9._-]{1,128}$"})");
    }
    for (const Parameter& parameter : route.query) {
      write_parameter("query", parameter.name, parameter.about, parameter.number ? number : text);
    }
    if (commands(route)) {
      write_parameter("header", "Idempotency-Key",
                      "The command's id: repeated, the first answer again.", text);
      write_parameter("header", "If-Match", "The ETag that the caller saw.", text);
      write_parameter("header", "Prefer", "`wait=SECONDS`: the longest wait for the answer.", text);
    }
    json_.end_array();
  }

  void write_body(const google::protobuf::Descriptor& body) {
    json_.key("requestBody").begin_object().key("content").begin_object();
    json_.key("application/json").begin_object().key("schema");
    schemas_.refer(body, json_);
    json_.key("example");
    write_example(body, json_);
    json_.end_object().end_object().end_object();
  }

  /// `schema` is JSON text.
  void write_answer(std::string_view status, std::string_view about, std::string_view type,
                    std::string_view schema) {
    json_.key(status).begin_object().field("description", about);
    json_.key("content").begin_object().key(type).begin_object();
    json_.key("schema").raw(schema);
    json_.end_object().end_object().end_object();
  }

  static std::string schema_of(const Route& route) {
    const auto refer = [](std::string_view name) {
      return R"({"$ref":"#/components/schemas/)" + std::string(name) + R"("})";
    };
    if (route.handler == get_supervision) return refer("Tree");
    if (route.handler == get_census) return refer("Census");
    if (route.handler == get_dashboard) {
      return R"({"type":"array","items":{"$ref":"#/components/schemas/DashboardApproval"}})";
    }
    if (commands(route) && !route.command) return refer("DashboardApproval");
    if (route.handler == get_log_events) return refer("LogPage");
    if (route.handler == get_entity_events) return refer("EntityEventPage");
    if (route.handler == get_why) return refer("Why");
    if (route.handler == get_inbox) return refer("Inbox");
    if (route.handler == get_cluster) return refer("Cluster");
    if (route.handler == get_backups) return refer("Backups");
    if (route.handler == post_backup) return refer("BackupRun");
    if (route.handler == get_retention || route.handler == post_retention) {
      return refer("Retention");
    }
    if (route.handler == get_retention_plan) return refer("RetentionPlan");
    if (route.handler == get_usage_sums) return refer("UsageSums");
    const std::string kind(route.kind ? route.kind->name() : std::string_view());
    if (route.handler == list_entities) return refer(kind + ".Page");
    if (route.handler == get_entity || route.command) return refer(kind + ".Answer");
    return R"({"type":"object"})";
  }

  void write_responses(const Route& route) {
    json_.key("responses").begin_object();
    const bool is_text = route.handler == get_metrics;
    write_answer("200", commands(route) ? "Accepted, and durable." : "As asked.",
                 is_text ? "text/plain" : "application/json",
                 is_text ? R"({"type":"string"})" : schema_of(route));
    if (route.command) {
      write_answer("201", "Accepted, and durable; it created the entity.", "application/json",
                   schema_of(route));
      write_answer("202",
                   "Kept in the outbox, durably: the entity is at home at another node, which is "
                   "away. `look` says where its outcome will be.",
                   "application/json", R"({"$ref":"#/components/schemas/OnItsWay"})");
    }
    std::span<const int> refusals = read_refusals;
    if (commands(route)) refusals = command_refusals;
    if (route.scope == SCOPE_UNSPECIFIED) refusals = open_refusals;
    for (const int status : refusals) {
      json_.key(std::to_string(status))
          .begin_object()
          .field("$ref", "#/components/responses/" + std::to_string(status))
          .end_object();
    }
    json_.end_object();
  }

  void write_kind_shapes(const kernel::Kind& kind) {
    const std::string name(kind.name());
    json_.key(name + ".Answer").begin_object().field("type", "object");
    json_.key("required")
        .raw(R"(["id","kind","sequence","offset","status","view","created_at","updated_at"])");
    json_.key("properties").begin_object();
    json_.key("id").raw(R"({"type":"string"})").key("kind").raw(R"({"type":"string"})");
    json_.key("sequence").raw(R"({"type":"integer","minimum":1})");
    json_.key("offset").raw(R"({"type":"integer","minimum":1})");
    json_.key("status").begin_object().field("type", "string").key("enum").begin_array();
    std::vector<std::string_view> statuses;
    for (const kernel::PhaseInfo& phase : kind.phases()) {
      if (std::ranges::find(statuses, phase.status) != statuses.end()) continue;
      statuses.push_back(phase.status);
      json_.text(phase.status);
    }
    json_.end_array().end_object().key("view");
    schemas_.refer(*kind.view_descriptor(), json_);
    for (const char* time : {"created_at", "updated_at"}) {
      json_.key(time).raw(R"({"type":"string","format":"date-time"})");
    }
    json_.key("command_id").raw(R"({"type":"string"})");
    json_.key("effects").begin_object().field("type", "array").key("items");
    schemas_.refer(*EffectView::descriptor(), json_);
    json_.end_object().key("stale").raw(R"({"type":"boolean"})");
    json_.key("quarantined").raw(R"({"type":"string","description":"Why it may not run."})");
    json_.end_object().end_object();
    json_.key(name + ".Page").begin_object().field("type", "object");
    json_.key("required").raw(R"(["items"])").key("properties").begin_object();
    json_.key("items").begin_object().field("type", "array").key("items").begin_object();
    json_.field("$ref", "#/components/schemas/" + name + ".Answer").end_object().end_object();
    json_.key("next").raw(R"({"type":"string"})").end_object().end_object();
  }

  void write_components(const Routes& routes) {
    json_.key("components").begin_object();
    json_.key("securitySchemes").raw(R"({"token":{"type":"http","scheme":"bearer"}})");
    json_.key("responses").begin_object();
    for (const int status : command_refusals) {
      write_answer(std::to_string(status), reason_phrase(status), "application/problem+json",
                   R"({"$ref":"#/components/schemas/Problem"})");
    }
    json_.end_object().key("schemas").begin_object();
    std::string fixed(fixed_schemas.substr(1, fixed_schemas.size() - 2));
    std::erase(fixed, '\n');
    json_.raw(fixed);
    for (const Route& route : routes.all()) {
      if (route.handler == get_entity) write_kind_shapes(*route.kind);
    }
    schemas_.write_components(json_);
    json_.end_object().end_object();
  }

  runtime::JsonWriter json_;
  Schemas schemas_;
};

}  // namespace

std::string openapi_document(const Routes& routes, std::string_view version) {
  std::string out;
  Document(out).write(routes, version);
  return out;
}

}  // namespace nightshift::bridges::http
