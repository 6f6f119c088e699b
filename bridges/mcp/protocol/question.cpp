// Forms are flat: a field is a text, a number, a flag, or one or more of some choices.
#include "bridges/mcp/protocol/question.hpp"

#include <algorithm>

namespace nightshift::bridges::mcp {
namespace {

std::unexpected<Error> wrong(std::string detail, std::string field = {}) {
  return fail(ErrorCode::invalid, std::move(detail), std::move(field));
}

Result<JsonObject> fields_of(const JsonText& schema) {
  const auto object = JsonObject::read(schema.view(), "the form");
  if (!object) return std::unexpected(object.error());
  const auto* properties = object->find("properties");
  if (properties == nullptr) return wrong("the form has no fields");
  return JsonObject::read(*properties, "the form's fields");
}

bool is_among(JsonView choices, std::string_view member, JsonView value) {
  for (JsonItems items(choices); items.next();) {
    JsonView choice = items.value();
    if (!member.empty()) {
      const auto object = JsonObject::read(choice, "a choice");
      const auto* constant = object ? object->find(member) : nullptr;
      if (constant == nullptr) continue;
      choice = *constant;
    }
    if (choice.text() && choice.text() == value.text()) return true;
  }
  return false;
}

/// Whether the field lists what may be chosen, and the value is none of that.
bool is_no_choice(const JsonObject& field, JsonView value) {
  if (const auto* choices = field.find("enum")) return !is_among(*choices, "", value);
  for (const auto* word : {"oneOf", "anyOf"}) {
    if (const auto* choices = field.find(word)) return !is_among(*choices, "const", value);
  }
  return false;
}

bool fits_list(const JsonObject& field, JsonView value) {
  const auto* items = field.find("items");
  if (items == nullptr || value.type() != JsonView::Type::array) return false;
  const auto each = JsonObject::read(*items, "a list's items");
  if (!each) return false;
  for (JsonItems chosen(value); chosen.next();) {
    if (!chosen.value().text() || is_no_choice(*each, chosen.value())) return false;
  }
  return true;
}

bool fits(const JsonObject& field, JsonView value) {
  const auto type = field.text("type");
  if (!type || !*type) return false;
  if (**type == "string") return value.text() && !is_no_choice(field, value);
  if (**type == "boolean") return value.boolean().has_value();
  if (**type == "integer") return value.integer().has_value();
  if (**type == "number") return value.number().has_value();
  return **type == "array" && fits_list(field, value);
}

Result<void> check_form(const JsonText& schema, JsonView content) {
  const auto fields = fields_of(schema);
  if (!fields) return std::unexpected(fields.error());
  const auto values = JsonObject::read(content, "what was filled in");
  if (!values) return std::unexpected(values.error());
  for (const auto& [name, value] : values->members()) {
    const auto* field = fields->find(name);
    if (field == nullptr) return wrong("the form has no field " + name, name);
    const auto described = JsonObject::read(*field, "the field " + name);
    if (!described) return std::unexpected(described.error());
    if (!fits(*described, value)) return wrong("the form does not take this as " + name, name);
  }
  const auto form = JsonObject::read(schema.view(), "the form");
  const auto* required = form ? form->find("required") : nullptr;
  for (JsonItems items(required == nullptr ? JsonView() : *required); items.next();) {
    const auto name = items.value().text().value_or("");
    if (values->find(name) == nullptr) return wrong("the form wants " + name + " as well", name);
  }
  return {};
}

Result<Question> read_page(const JsonObject& object, Question question) {
  auto url = object.required_text("url");
  if (!url) return std::unexpected(url.error());
  const auto is_plain = [](char c) { return c > 0x20 && c < 0x7F; };
  const bool web = url->starts_with("https://") || url->starts_with("http://");
  if (!web || !std::ranges::all_of(*url, is_plain)) return wrong("url is no address of the web");
  question.mode = Question::Mode::page;
  question.url = std::move(*url);
  return question;
}

}  // namespace

Result<Question> read_question(JsonView params) {
  const auto object = JsonObject::read(params, "the question");
  if (!object) return std::unexpected(object.error());
  Question question;
  auto message = object->required_text("message");
  if (!message) return std::unexpected(message.error());
  question.message = std::move(*message);
  const auto mode = object->text("mode");
  if (!mode) return std::unexpected(mode.error());
  if (mode->value_or("form") == "url") return read_page(*object, std::move(question));
  if (mode->value_or("form") != "form") return wrong("mode is neither form nor url", "mode");
  const auto* schema = object->find("requestedSchema");
  if (schema == nullptr) return wrong("the question has no requestedSchema", "requestedSchema");
  question.schema = JsonText(*schema);
  if (const auto fields = fields_of(question.schema); !fields) {
    return std::unexpected(fields.error());
  }
  return question;
}

Result<void> check_reply(const Question& question, const Reply& reply) {
  if (reply.action != Reply::Action::accept || question.mode == Question::Mode::page) {
    if (reply.content.empty()) return {};
    return wrong("only an accepted form has values");
  }
  const auto content = JsonView::read(reply.content);
  if (!content) return std::unexpected(content.error());
  return check_form(question.schema, *content);
}

std::string reply_result(const Question& question, const Reply& reply) {
  if (reply.action == Reply::Action::decline) return R"({"action":"decline"})";
  if (reply.action == Reply::Action::cancel) return R"({"action":"cancel"})";
  if (question.mode == Question::Mode::page) return R"({"action":"accept"})";
  return R"({"action":"accept","content":)" + reply.content + "}";
}

}  // namespace nightshift::bridges::mcp
