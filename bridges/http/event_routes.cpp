// Records, as pages or as streams that do not end.
#include "bridges/http/call.hpp"
#include "bridges/http/problem.hpp"
#include "bridges/http/query.hpp"
#include "runtime/shapes.hpp"

namespace nightshift::bridges::http {
namespace {

bool wants_stream(const Call& call) {
  return call.request.head.find("accept").contains("text/event-stream");
}

Response stream(const Call& call, std::optional<EntityRef> entity, std::uint64_t offset,
                std::uint64_t sequence) {
  Follow follow{.entity = std::move(entity),
                .offset = offset,
                .sequence = sequence,
                .authority = call.authority,
                .principal = call.caller->principal,
                .session = call.who.session ? call.who.session->id : std::string()};
  Response out;
  out.content_type = "text/event-stream";
  out.follow = std::move(follow);
  return out;
}

/// Where a stream that broke goes on: browsers send it by themselves.
Result<std::optional<std::uint64_t>> last_event(const Call& call) {
  const std::string_view text = call.request.head.find("last-event-id");
  if (text.empty()) return std::nullopt;
  const auto offset =
      parse_position(text, call.node().identity().log_id(), call.node().head().offset);
  if (!offset) return std::unexpected(offset.error());
  return *offset;
}

Response page(const Call& call, const std::vector<runtime::EventView>& events,
              const std::function<void(runtime::JsonWriter&)>& next) {
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().key("items").begin_array();
  for (const auto& event : events)
    runtime::write_event(event, call.node().identity().log_id(), json);
  json.end_array();
  next(json);
  json.end_object();
  return out;
}

}  // namespace

Response get_log_events(const Call& call) {
  const std::string& log_id = call.node().identity().log_id();
  const auto limit = limit_of(call.target);
  if (!limit) return call.refuse(limit.error());
  const auto after = parameter(call.target, "after");
  if (!after) return call.refuse(after.error());
  const auto given = parse_position(after->value_or("0"), log_id, call.node().head().offset);
  if (!given) return call.refuse(given.error());
  if (wants_stream(call)) {
    const auto last = last_event(call);
    if (!last) return call.refuse(last.error());
    return stream(call, std::nullopt, last->value_or(*given), 0);
  }
  const auto events = call.node().events(*given, *limit);
  if (!events) return call.refuse(events.error());
  return page(call, *events, [&](runtime::JsonWriter& json) {
    json.field("next",
               runtime::position_text(log_id, events->empty() ? *given : events->back().offset));
  });
}

Response get_entity_events(const Call& call) {
  const auto limit = limit_of(call.target);
  if (!limit) return call.refuse(limit.error());
  const auto text = parameter(call.target, "after");
  if (!text) return call.refuse(text.error());
  const auto after = parse_number(text->value_or("0"));
  if (!after) {
    return call.refuse(Error{ErrorCode::invalid, "after must be a sequence, a number", "after"});
  }
  if (const auto answer = read_entity(call); !answer) return call.refuse(answer.error());
  if (wants_stream(call)) {
    const auto last = last_event(call);
    if (!last) return call.refuse(last.error());
    return stream(call, call.entity(), last->value_or(0), *after);
  }
  const auto events = call.node().events(call.entity(), *after, *limit);
  if (!events) return call.refuse(events.error());
  return page(call, *events, [&](runtime::JsonWriter& json) {
    json.field("next", events->empty() ? *after : events->back().record.sequence());
  });
}

}  // namespace nightshift::bridges::http
