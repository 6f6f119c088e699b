// Routes about what leaves the journal for an archive.
#include <algorithm>

#include "bridges/http/call.hpp"
#include "bridges/http/query.hpp"
#include "messages/time.hpp"
#include "runtime/json_writer.hpp"
#include "runtime/upkeep/retentions.hpp"

namespace nightshift::bridges::http {
namespace {

using runtime::upkeep::Aged;
using runtime::upkeep::Retention;
using runtime::upkeep::RetentionRun;
using runtime::upkeep::RetentionView;

Result<Retention*> retention_of(const Call& call) {
  if (const auto& retention = call.services.options.retention) return retention.get();
  return fail(ErrorCode::not_found, "this node archives nothing");
}

std::string_view word(RetentionRun::State state) {
  switch (state) {
    case RetentionRun::State::running: return "running";
    case RetentionRun::State::done: return "done";
    case RetentionRun::State::failed: return "failed";
  }
  return "";
}

void write_run(const RetentionRun& run, runtime::JsonWriter& json) {
  json.begin_object().field("at", to_rfc3339(run.at)).field("state", word(run.state));
  if (run.state == RetentionRun::State::done) {
    json.field("entities", run.outcome.entities)
        .field("events", run.outcome.records)
        .field("archives", run.outcome.archives)
        .field("postponed", run.outcome.postponed);
  }
  if (run.state == RetentionRun::State::failed) {
    json.field("code", info(run.error.code).name).field("error", run.error.message());
  }
  json.end_object();
}

Response show(const RetentionView& view) {
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().field("folder", view.folder.string());
  json.field("keep_s", static_cast<std::uint64_t>(view.keep.count()));
  if (view.next_at) json.field("next_at", to_rfc3339(*view.next_at));
  if (view.run) write_run(*view.run, json.key("run"));
  json.end_object();
  return out;
}

void write_aged(const std::vector<Aged>& all, std::size_t limit, runtime::JsonWriter& json) {
  json.begin_array();
  for (std::size_t i = 0; i < std::min(limit, all.size()); ++i) {
    const auto& aged = all[i];
    json.begin_object()
        .field("kind", aged.entity.kind)
        .field("id", aged.entity.id)
        .field("status", aged.status)
        .field("events", aged.events)
        .field("newest_at", to_rfc3339(aged.newest_at));
    if (!aged.why.empty()) json.field("why", aged.why);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Response get_retention(const Call& call) {
  const auto retention = retention_of(call);
  if (!retention) return call.refuse(retention.error());
  return show((*retention)->view());
}

Response get_retention_plan(const Call& call) {
  const auto limit = limit_of(call.target);
  if (!limit) return call.refuse(limit.error());
  const auto retention = retention_of(call);
  if (!retention) return call.refuse(retention.error());
  const auto plan = (*retention)->plan();
  if (!plan) return call.refuse(plan.error());
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object()
      .field("going", static_cast<std::uint64_t>(plan->going.size()))
      .field("staying", static_cast<std::uint64_t>(plan->staying.size()))
      .field("young", plan->young);
  write_aged(plan->going, *limit, json.key("go"));
  write_aged(plan->staying, *limit, json.key("stay"));
  json.end_object();
  return out;
}

Response post_retention(const Call& call) {
  const auto retention = retention_of(call);
  if (!retention) return call.refuse(retention.error());
  if (auto begun = (*retention)->begin(); !begun) return call.refuse(begun.error());
  return show((*retention)->view());
}

}  // namespace nightshift::bridges::http
