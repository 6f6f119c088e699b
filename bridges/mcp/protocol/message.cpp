// Which kind of message an object is: by `method` first, then by `result` or `error`.
#include "bridges/mcp/protocol/message.hpp"

#include "messages/json.hpp"

namespace nightshift::bridges::mcp {
namespace {

using Read = std::expected<Message, BadMessage>;

constexpr std::int64_t id_max = std::int64_t{1} << 53;

Read bad(std::string why, std::optional<RequestId> id = std::nullopt) {
  return std::unexpected(BadMessage{rpc::invalid_request, std::move(why), std::move(id)});
}

bool is_absent(const JsonView* value) { return value == nullptr; }
bool is_null(const JsonView* value) {
  return value == nullptr || value->type() == JsonView::Type::null;
}

Read read_call(const JsonObject& object, std::optional<RequestId> id) {
  auto method = object.find("method")->text();
  if (!method || method->empty() || method->size() > method_bytes_max) {
    return bad("its method is no text of 1 to 256 bytes", id);
  }
  JsonView params;
  if (const auto* given = object.find("params"); !is_null(given)) {
    if (given->type() != JsonView::Type::object) return bad("its params are no object", id);
    params = *given;
  }
  if (!id) return Notification{std::move(*method), params};
  return Request{std::move(*id), std::move(*method), params};
}

Read read_failure(JsonView value, std::optional<RequestId> id) {
  const auto error = JsonObject::read(value, "its error");
  if (!error) return bad(error.error().detail);
  const auto* code = error->find("code");
  const auto number = code == nullptr ? std::nullopt : code->integer();
  auto message = error->required_text("message");
  if (!number || !message) return bad("its error has no code and message");
  Failure failure{std::move(id), {*number, std::move(*message), {}}};
  if (const auto* data = error->find("data")) failure.error.data = JsonText(*data);
  return failure;
}

Read read_object(const JsonObject& object) {
  const auto* version = object.find("jsonrpc");
  if (is_absent(version) || version->raw() != "\"2.0\"") return bad("it is no JSON-RPC 2.0");
  const auto* given = object.find("id");
  auto id = is_absent(given) ? std::nullopt : read_id(*given);
  const auto* error = object.find("error");
  const auto* result = object.find("result");
  const bool answers = !is_absent(result) || !is_absent(error);
  const bool unreadable_request = !is_absent(error) && is_null(given);
  if (!is_absent(given) && !id && !unreadable_request) {
    return bad("its id is neither a whole number of 53 bits nor a short text");
  }
  if (!is_absent(object.find("method"))) {
    return answers ? bad("it is both a request and an answer", id) : read_call(object, id);
  }
  if (!answers) return bad("it is neither a request nor an answer", id);
  if (!is_absent(error)) {
    return is_absent(result) ? read_failure(*error, std::move(id))
                             : bad("it has both a result and an error");
  }
  if (!id) return bad("it answers nothing: it has no id");
  if (result->type() != JsonView::Type::object) return bad("its result is no object");
  return Success{std::move(*id), *result};
}

}  // namespace

std::optional<RequestId> read_id(JsonView value) {
  if (const auto number = value.integer()) {
    if (*number > id_max || *number < -id_max) return std::nullopt;
    return *number;
  }
  auto text = value.text();
  if (!text || text->size() > id_bytes_max) return std::nullopt;
  return std::move(*text);
}

Read read_message(std::string_view text) {
  const auto value = JsonView::read(text);
  if (!value) {
    return std::unexpected(BadMessage{rpc::parse_error, value.error().detail, std::nullopt});
  }
  const auto object = JsonObject::read(*value, "the message");
  if (!object) return bad(object.error().detail);
  return read_object(*object);
}

std::string to_json(const RequestId& id) {
  if (const auto* number = std::get_if<std::int64_t>(&id)) return std::to_string(*number);
  std::string out;
  append_json_string(std::get<std::string>(id), out);
  return out;
}

std::string write_request(const RequestId& id, std::string_view method, std::string_view params) {
  std::string out = R"({"jsonrpc":"2.0","id":)" + to_json(id) + R"(,"method":)";
  append_json_string(method, out);
  if (!params.empty()) out.append(R"(,"params":)").append(params);
  return out += '}';
}

std::string write_notification(std::string_view method, std::string_view params) {
  std::string out = R"({"jsonrpc":"2.0","method":)";
  append_json_string(method, out);
  if (!params.empty()) out.append(R"(,"params":)").append(params);
  return out += '}';
}

std::string write_success(const RequestId& id, std::string_view result) {
  std::string out = R"({"jsonrpc":"2.0","id":)" + to_json(id) + R"(,"result":)";
  return out.append(result) += '}';
}

std::string write_failure(const std::optional<RequestId>& id, const RpcError& error) {
  std::string out = R"({"jsonrpc":"2.0","id":)" + (id ? to_json(*id) : "null");
  out += R"(,"error":{"code":)" + std::to_string(error.code) + R"(,"message":)";
  append_json_string(error.message, out);
  if (error.data.view().type() != JsonView::Type::null) out += R"(,"data":)" + error.data.raw();
  return out += "}}";
}

}  // namespace nightshift::bridges::mcp
