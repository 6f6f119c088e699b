// Takes apart what is wanted, and puts together what goes back.
#include "bridges/mcp/protocol/input_required.hpp"

#include <algorithm>

#include "messages/json.hpp"

namespace nightshift::bridges::mcp {
namespace {

Result<InputRequired::Item> read_item(const JsonObject::Member& member) {
  const auto object = JsonObject::read(member.value, "an input request");
  if (!object) return std::unexpected(object.error());
  const auto method = object->required_text("method");
  if (!method) return std::unexpected(method.error());
  if (*method != "elicitation/create") {
    return fail(ErrorCode::invalid, "the server asks for " + *method + ", which was not offered");
  }
  const auto* params = object->find("params");
  auto question = read_question(params == nullptr ? JsonView() : *params);
  if (!question) return std::unexpected(question.error());
  return InputRequired::Item{.key = member.name, .question = std::move(*question), .answer = {}};
}

}  // namespace

bool InputRequired::complete() const {
  return std::ranges::none_of(items, &std::string::empty, &Item::answer);
}

std::string InputRequired::params() const {
  std::string params;
  char separator = '{';
  for (const auto& item : items) {
    params += separator == '{' ? R"(,"inputResponses":{)" : ",";
    separator = ',';
    append_json_string(item.key, params);
    params.append(":").append(item.answer);
  }
  if (!items.empty()) params += '}';
  if (state) {
    params += R"(,"requestState":)";
    append_json_string(*state, params);
  }
  return params;
}

ResultType type_of(JsonView result) {
  for (JsonItems items(result); items.next();) {
    if (items.name() != "resultType") continue;
    if (items.value().raw() == R"("complete")") return ResultType::complete;
    if (items.value().raw() == R"("input_required")") return ResultType::input_required;
    return ResultType::unknown;
  }
  return ResultType::complete;
}

Result<InputRequired> read_input_required(JsonView result) {
  const auto object = JsonObject::read(result, "the result");
  if (!object) return std::unexpected(object.error());
  InputRequired wanted;
  auto state = object->text("requestState");
  if (!state) return std::unexpected(state.error());
  wanted.state = std::move(*state);
  const auto* requests = object->find("inputRequests");
  if (requests == nullptr) {
    if (wanted.state) return wanted;
    return fail(ErrorCode::invalid, "the server wants input, and does not say which");
  }
  const auto members = JsonObject::read(*requests, "inputRequests");
  if (!members) return std::unexpected(members.error());
  if (members->members().size() > inputs_max) {
    return fail(ErrorCode::too_large,
                "the server asks more than " + std::to_string(inputs_max) + " questions at once");
  }
  for (const auto& member : members->members()) {
    auto item = read_item(member);
    if (!item) return std::unexpected(item.error());
    wanted.items.push_back(std::move(*item));
  }
  return wanted;
}

}  // namespace nightshift::bridges::mcp
