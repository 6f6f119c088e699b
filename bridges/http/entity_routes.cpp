// Reading entities: one, and lists of them.
#include <google/protobuf/message.h>

#include "bridges/http/call.hpp"
#include "bridges/http/problem.hpp"
#include "bridges/http/query.hpp"
#include "runtime/cluster/replicas.hpp"
#include "runtime/cluster/status.hpp"
#include "runtime/elsewhere_shape.hpp"
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

/// What was received of other nodes; null for who may not read it or where there are none.
const runtime::cluster::Replicas* elsewhere(const Call& call) {
  const auto& cluster = call.services.options.cluster;
  return cluster && !call.own_only() ? &cluster->replicas() : nullptr;
}

/// As it was when its home last spoke of it.
Response get_elsewhere(const runtime::cluster::Elsewhere& found) {
  Response out;
  out.etag = found.answer.sequence;
  runtime::JsonWriter json(out.body);
  runtime::write_answer(found.answer, found.home, found.as_of, json);
  return out;
}

/// Those here and those elsewhere, in the order of ids, up to the limit.
void write_merged(const runtime::ListPage& page,
                  const std::vector<runtime::cluster::Elsewhere>& others, std::size_t limit,
                  runtime::JsonWriter& json) {
  std::size_t here = 0;
  std::size_t there = 0;
  std::string last;
  json.begin_object().key("items").begin_array();
  while (here + there < limit && (here < page.items.size() || there < others.size())) {
    const bool own =
        there == others.size() ||
        (here < page.items.size() && page.items[here].entity.id <= others[there].answer.entity.id);
    if (own) {
      last = page.items[here].entity.id;
      runtime::write_answer(page.items[here++], json);
    } else {
      const auto& other = others[there++];
      last = other.answer.entity.id;
      runtime::write_answer(other.answer, other.home, other.as_of, json);
    }
  }
  json.end_array();
  const bool more = here < page.items.size() || there < others.size() || !page.next.empty();
  if (more) json.field("next", last);
  json.end_object();
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
  const auto* others = elsewhere(call);
  if (!answer && others && answer.error().code == ErrorCode::not_found) {
    const auto found = others->get(call.entity());
    if (!found) return call.refuse(found.error());
    if (*found) return get_elsewhere(**found);
  }
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
  if (const auto* replicas = elsewhere(call)) {
    const auto others = replicas->list(*query);
    if (!others) return call.refuse(others.error());
    write_merged(*page, *others, query->limit, json);
    return out;
  }
  json.begin_object().key("items").begin_array();
  for (const runtime::Answer& answer : page->items) runtime::write_answer(answer, json);
  json.end_array();
  if (!page->next.empty()) json.field("next", page->next);
  json.end_object();
  return out;
}

}  // namespace nightshift::bridges::http
