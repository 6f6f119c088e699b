// Picks fields of a view.
#include "bridges/mcp/gate/view.hpp"

#include <algorithm>
#include <array>

#include "bridges/mcp/protocol/json_view.hpp"
#include "messages/json.hpp"
#include "runtime/json_writer.hpp"

namespace nightshift::bridges::mcp {
namespace {

constexpr std::array shown_fields{"title",    "category",   "digest",     "revision", "executor",
                                  "deadline", "decided_by", "decided_at", "reason",   "evidence"};

bool is_empty(JsonView value) {
  return value.raw() == "\"\"" || value.raw() == "[]" || value.raw() == "null";
}

}  // namespace

bool is_open(const runtime::Answer& answer) {
  return answer.status == "pending" || answer.status == "approved";
}

std::string text_of(const runtime::Answer& answer, const std::string& name) {
  if (!answer.view) return {};
  const auto* field = answer.view->GetDescriptor()->FindFieldByName(name);
  const bool is_text = field != nullptr && !field->is_repeated() &&
                       field->type() == google::protobuf::FieldDescriptor::TYPE_STRING;
  return is_text ? answer.view->GetReflection()->GetString(*answer.view, field) : std::string();
}

Result<void> check_reader(const runtime::Answer& answer, const kernel::Caller& caller) {
  if (caller.may(SCOPE_READ) || text_of(answer, "requester") == caller.principal) return {};
  return fail(ErrorCode::forbidden,
              "'" + caller.principal + "' may read only what it proposed itself",
              to_string(answer.entity));
}

std::string shown_json(const runtime::Answer& answer) {
  std::string out;
  runtime::JsonWriter json(out);
  json.begin_object().field("id", answer.entity.id).field("status", answer.status);
  const auto text = answer.view ? to_json(*answer.view) : "{}";
  const auto view = JsonView::read(text);
  for (JsonItems items(view ? *view : JsonView()); items.next();) {
    const auto name = items.name();
    if (std::ranges::find(shown_fields, name) == shown_fields.end()) continue;
    if (!is_empty(items.value())) json.key(name).raw(items.value().raw());
  }
  json.end_object();
  return out;
}

std::string shown_text(const runtime::Answer& answer) {
  const auto& id = answer.entity.id;
  const auto because = [&](const std::string& field) {
    const auto text = text_of(answer, field);
    return text.empty() ? std::string() : ": " + text;
  };
  const auto& status = answer.status;
  if (status == "pending") {
    return "approval " + id +
           " waits for a person's decision; nothing has been done. Use wait to "
           "be told";
  }
  if (status == "approved") return "approval " + id + " was approved and is being done";
  if (status == "sent") return "approval " + id + " was approved and done" + because("evidence");
  if (status == "unknown") {
    return "approval " + id + " was approved and begun, and nobody knows whether it happened" +
           because("evidence") + ". A person has to find out; do not propose it again";
  }
  const auto reason = status == "failed" ? because("evidence") : because("reason");
  return "approval " + id + " is " + status + reason + "; it was not done";
}

}  // namespace nightshift::bridges::mcp
