// A webhook's part of the canonical content.
#include "actors/approval/webhook_call.hpp"

#include <algorithm>

#include "messages/json.hpp"

namespace nightshift::actors {
namespace {

std::string value_of(const Canonical& content, std::string_view name) {
  return std::string(content.find(name).value_or(""));
}

}  // namespace

std::string content_type_of(std::string_view payload) {
  return is_json(payload) ? "application/json" : "text/plain; charset=utf-8";
}

void add_call(Canonical& content, const WebhookCall& call) {
  content.add("title", call.title);
  if (!call.note.empty()) content.add("note", call.note);
  content.add("target", call.target);
  for (const auto& [name, value] : call.facts.fields()) content.add(name, value);
  content.add("content_type", call.content_type);
  content.add("payload", call.payload);
}

Result<WebhookCall> read_call(const Canonical& content) {
  const auto& fields = content.fields();
  const auto named = [](std::string_view name) {
    return [name](const auto& field) { return field.first == name; };
  };
  auto fact = std::ranges::find_if(fields, named("target"));
  const auto end = std::find_if(fact, fields.end(), named("content_type"));
  if (end == fields.end() || !content.find("payload")) {
    return fail(ErrorCode::corrupt, "the content does not say what is sent to which webhook",
                "payload");
  }
  WebhookCall call{.title = value_of(content, "title"),
                   .note = value_of(content, "note"),
                   .target = fact->second,
                   .facts = {},
                   .content_type = end->second,
                   .payload = value_of(content, "payload")};
  for (++fact; fact != end; ++fact) call.facts.add(fact->first, fact->second);
  return call;
}

}  // namespace nightshift::actors
