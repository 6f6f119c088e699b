// Routes about the supervision tree.
#include "bridges/http/call.hpp"
#include "bridges/http/query.hpp"
#include "messages/time.hpp"
#include "runtime/json_writer.hpp"
#include "runtime/supervision/part.hpp"

namespace nightshift::bridges::http {
namespace {

using runtime::supervision::PartView;

void write_part(const PartView& part, runtime::JsonWriter& json) {
  json.begin_object()
      .field("path", part.path)
      .field("type", part.type)
      .field("state", word(part.state))
      .field("restarts", part.restarts)
      .field("queue", part.queued)
      .field("since", to_rfc3339(part.since));
  if (!part.strategy.empty()) json.field("strategy", part.strategy);
  if (!part.last_error.empty()) json.field("last_error", part.last_error);
  if (part.last_error_at) json.field("last_error_at", to_rfc3339(*part.last_error_at));
  json.end_object();
}

using Act = Result<void> (runtime::supervision::Tree::*)(std::string_view);

Response act_on_path(const Call& call, Act act, std::string_view done) {
  const auto path = parameter(call.target, "path");
  if (!path) return call.refuse(path.error());
  if (!*path || (*path)->empty()) {
    return call.refuse(
        {ErrorCode::invalid, "say which: ?path=PATH, as /v1/supervision has it", "path"});
  }
  if (auto acted = (call.node().tree().*act)(**path); !acted) return call.refuse(acted.error());
  Response out;
  runtime::JsonWriter(out.body).begin_object().field("path", **path).field(done, true).end_object();
  return out;
}

}  // namespace

Response get_supervision(const Call& call) {
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().key("items").begin_array();
  for (const PartView& part : call.node().tree().view()) write_part(part, json);
  json.end_array().end_object();
  return out;
}

Response post_kill(const Call& call) {
  return act_on_path(call, &runtime::supervision::Tree::kill, "killed");
}

Response post_resume(const Call& call) {
  return act_on_path(call, &runtime::supervision::Tree::resume, "resumed");
}

}  // namespace nightshift::bridges::http
