// Why an entity is as it is: its records in words, what led to each, and the first trigger.
#include "bridges/http/call.hpp"
#include "bridges/http/problem.hpp"
#include "bridges/http/query.hpp"
#include "runtime/shapes.hpp"

namespace nightshift::bridges::http {
namespace {

void write_link(const runtime::EventView& event, runtime::JsonWriter& json) {
  const Record& record = event.record;
  json.begin_object()
      .field("offset", event.offset)
      .field("sequence", record.sequence())
      .field("at", to_rfc3339(time_from_us(record.decided_at_us())))
      .field("what", event.sentence)
      .field("who", record.principal())
      .field("type", record.kind() + "." + record.type())
      .field("cause", record.cause())
      .field("correlation", record.correlation())
      .end_object();
}

}  // namespace

Response get_why(const Call& call) {
  const auto answer = read_entity(call);
  if (!answer) return call.refuse(answer.error());
  const auto events = call.node().events(call.entity(), 0, page_max);
  if (!events) return call.refuse(events.error());
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object()
      .field("id", answer->entity.id)
      .field("kind", answer->entity.kind)
      .field("status", answer->status)
      .field("sequence", answer->sequence);
  if (!events->empty()) {
    const Record& first = events->front().record;
    json.key("trigger")
        .begin_object()
        .field("command_id", first.correlation().empty() ? first.cause() : first.correlation())
        .field("who", first.principal())
        .field("at", to_rfc3339(time_from_us(first.decided_at_us())))
        .field("what", events->front().sentence)
        .end_object();
  }
  json.key("chain").begin_array();
  for (const auto& event : *events) write_link(event, json);
  json.end_array().field("complete", events->size() < page_max);
  json.key("effects").begin_array();
  for (const EffectView& effect : answer->effects) json.message(effect);
  json.end_array().end_object();
  return out;
}

}  // namespace nightshift::bridges::http
