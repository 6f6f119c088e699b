// Reads the defaults from the form's schema.
#include "tests/outside/mcp/defaults.hpp"

#include "messages/json.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::mcp;

JsonView member(JsonView object, std::string_view name) {
  for (JsonItems items(object); items.next();) {
    if (items.name() == name) return items.value();
  }
  return {};
}

}  // namespace

Reply reply_of_defaults(const Question& question) {
  if (question.mode == Question::Mode::page) return {Reply::Action::accept, ""};
  std::string content;
  for (JsonItems fields(member(question.schema.view(), "properties")); fields.next();) {
    const auto value = member(fields.value(), "default");
    if (value.type() == JsonView::Type::null) continue;
    content += content.empty() ? '{' : ',';
    append_json_string(fields.name(), content);
    content.append(":").append(value.raw());
  }
  return {Reply::Action::accept, content.empty() ? "{}" : content + "}"};
}

}  // namespace nightshift::tests
