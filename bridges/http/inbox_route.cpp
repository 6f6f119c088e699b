// What waits for a person, what entities tell each other and do not get on with, and files that are
// refused.
#include "runtime/inbox.hpp"

#include "bridges/http/call.hpp"
#include "bridges/http/query.hpp"
#include "runtime/shapes.hpp"

namespace nightshift::bridges::http {
namespace {

void write_item(const runtime::InboxItem& item, runtime::JsonWriter& json) {
  json.begin_object()
      .field("kind", item.entity.entity.kind)
      .field("id", item.entity.entity.id)
      .field("status", item.entity.status)
      .field("since", to_rfc3339(item.entity.updated_at))
      .field("awaits", item.awaits);
  json.key("commands").begin_array();
  for (const auto* command : item.commands) json.text(command->word);
  json.end_array().key("entity");
  runtime::write_answer(item.entity, json);
  json.end_object();
}

void write_tell(const runtime::WaitingTell& tell, runtime::JsonWriter& json) {
  json.begin_object()
      .field("source", to_string(tell.source))
      .field("target", to_string(tell.target))
      .field("n", tell.n)
      .field("command", tell.command)
      .field("attempts", tell.attempts)
      .field("since", to_rfc3339(tell.since))
      .field("cause", tell.cause)
      .field("awaits", "mend the cause; it is tried again by itself")
      .end_object();
}

void write_files(const HttpOptions& options, std::size_t limit, runtime::JsonWriter& json) {
  json.key("files").begin_array();
  if (options.refused_files) {
    for (const auto& file : options.refused_files(limit)) {
      json.begin_object()
          .field("path", file.path)
          .field("since", to_rfc3339(file.since))
          .field("cause", file.reason)
          .end_object();
    }
  }
  json.end_array();
}

}  // namespace

Response get_inbox(const Call& call) {
  const auto limit = limit_of(call.target);
  if (!limit) return call.refuse(limit.error());
  const auto after = parameter(call.target, "after");
  if (!after) return call.refuse(after.error());
  const std::string begin(after->value_or(std::string_view()));
  const auto inbox = runtime::read_inbox(call.node(), begin, *limit);
  if (!inbox) return call.refuse(inbox.error());
  Response out;
  runtime::JsonWriter json(out.body);
  json.begin_object().key("items").begin_array();
  for (const auto& item : inbox->items) write_item(item, json);
  json.end_array().key("tells").begin_array();
  for (const auto& tell : call.node().waiting_tells()) write_tell(tell, json);
  json.end_array();
  write_files(call.services.options, *limit, json);
  if (!inbox->next.empty()) json.field("next", inbox->next);
  json.end_object();
  return out;
}

}  // namespace nightshift::bridges::http
