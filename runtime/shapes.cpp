// Answers and records as JSON.
#include "runtime/shapes.hpp"

#include "messages/crypto.hpp"
#include "runtime/elsewhere_shape.hpp"

namespace nightshift::runtime {

namespace {

void write_fields(const Answer& answer, JsonWriter& json) {
  json.field("id", answer.entity.id)
      .field("kind", answer.entity.kind)
      .field("sequence", answer.sequence)
      .field("offset", answer.position.offset)
      .field("status", answer.status);
  json.key("view");
  if (answer.view) {
    json.message(*answer.view);
  } else {
    json.raw("{}");
  }
  json.field("created_at", to_rfc3339(answer.created_at))
      .field("updated_at", to_rfc3339(answer.updated_at));
  if (!answer.command_id.empty()) json.field("command_id", answer.command_id);
  if (!answer.effects.empty()) {
    json.key("effects").begin_array();
    for (const EffectView& effect : answer.effects) json.message(effect);
    json.end_array();
  }
  if (answer.stale) json.field("stale", true);
  if (!answer.quarantined.empty()) json.field("quarantined", answer.quarantined);
}

}  // namespace

void write_answer(const Answer& answer, JsonWriter& json) {
  json.begin_object();
  write_fields(answer, json);
  json.end_object();
}

void write_answer(const Answer& answer, const std::string& home, std::optional<Time> as_of,
                  JsonWriter& json) {
  json.begin_object();
  write_fields(answer, json);
  json.field("home", home);
  if (as_of) json.field("as_of", to_rfc3339(*as_of));
  json.end_object();
}

void write_event(const EventView& event, std::string_view log_id, JsonWriter& json) {
  const Record& record = event.record;
  json.begin_object()
      .field("position", position_text(log_id, event.offset))
      .field("offset", event.offset)
      .field("kind", record.kind())
      .field("id", record.entity())
      .field("sequence", record.sequence())
      .field("type", record.kind() + "." + record.type());
  if (event.event) json.key("event").message(*event.event);
  json.field("sentence", event.sentence)
      .field("principal", record.principal())
      .field("decided_at", to_rfc3339(time_from_us(record.decided_at_us())))
      .field("written_at", to_rfc3339(event.written_at))
      .field("cause", record.cause())
      .field("correlation", record.correlation())
      .field("home", record.home())
      .field("event_id", to_hex(record.event_id()))
      .end_object();
}

std::string position_text(std::string_view log_id, std::uint64_t offset) {
  return std::string(log_id) + ":" + std::to_string(offset);
}

}  // namespace nightshift::runtime
