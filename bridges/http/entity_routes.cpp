// Reading entities: one, and lists of them.
#include <google/protobuf/message.h>

#include "bridges/http/call.hpp"
#include "bridges/http/problem.hpp"
#include "bridges/http/query.hpp"
#include "runtime/shapes.hpp"

namespace nightshift::bridges::http {
namespace {

/// True if the view says that this principal proposed the entity.
bool proposed_by(const runtime::Answer& answer, const std::string& principal) {
  if (!answer.view) return false;
  const auto* field = answer.view->GetDescriptor()->FindFieldByName(requester_field);
  return field && answer.view->GetReflection()->GetString(*answer.view, field) == principal;
}

/// `If-None-Match: "N"`, a list of those, or `*`.
bool matches(std::string_view etags, std::uint64_t sequence) {
  const std::string mine = "\"" + std::to_string(sequence) + "\"";
  return etags == "*" || etags.find(mine) != std::string_view::npos;
}

Result<runtime::ListQuery> list_query(const Call& call) {
  runtime::ListQuery query;
  query.kind = std::string(call.route.kind->name());
  auto limit = limit_of(call.target);
  if (!limit) return std::unexpected(limit.error());
  query.limit = *limit;
  auto after = parameter(call.target, "after");
  if (!after) return std::unexpected(after.error());
  query.after = after->value_or(std::string_view());
  for (const auto& [name, value] : call.target.query()) {
    if (name == "limit" || name == "after") continue;
    query.where.emplace_back(name, value);
  }
  if (call.own_only()) query.where.emplace_back(requester_field, call.caller->principal);
  return query;
}

}  // namespace

Result<runtime::Answer> read_entity(const Call& call) {
  auto answer = call.node().get(call.entity());
  if (answer && call.own_only() && !proposed_by(*answer, call.caller->principal)) {
    return fail(ErrorCode::forbidden,
                "scope read is needed: '" + call.caller->principal +
                    "' may read only what it "
                    "proposed",
                to_string(call.entity()));
  }
  return answer;
}

Response get_entity(const Call& call) {
  const auto answer = read_entity(call);
  if (!answer) return call.refuse(answer.error());
  Response out;
  out.etag = answer->sequence;
  const std::string_view known = call.request.head.find("if-none-match");
  if (!known.empty() && matches(known, answer->sequence)) {
    out.status = 304;
    return out;
  }
  runtime::JsonWriter json(out.body);
  runtime::write_answer(*answer, json);
  return out;
}

Response list_entities(const Call& call) {
  const auto query = list_query(call);
  if (!query) return call.refuse(query.error());
  const auto page = call.node().list(*query);
  if (!page) return call.refuse(page.error());
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().key("items").begin_array();
  for (const runtime::Answer& answer : page->items) runtime::write_answer(answer, json);
  json.end_array();
  if (!page->next.empty()) json.field("next", page->next);
  json.end_object();
  return out;
}

}  // namespace nightshift::bridges::http
