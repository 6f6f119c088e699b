// `field=value` of a command line, put into a message.
#include "messages/json.hpp"
#include "messages/json_value.hpp"
#include "messages/layout.hpp"
#include "messages/utf8.hpp"

namespace nightshift {
namespace {

using detail::FieldLayout;
using google::protobuf::Message;

std::unexpected<Error> given_twice(const std::string& path) {
  return fail(ErrorCode::invalid, '`' + path + "` is given twice; keep one", path);
}

/// A whole sub-message as JSON; its errors are moved below `path`.
Result<void> read_object(std::string_view value, Message& target, const std::string& path) {
  auto read = from_json(value.empty() ? "null" : value, target);
  if (read) return read;
  auto error = std::move(read).error();
  error.instance = error.instance.empty() ? path : path + '.' + error.instance;
  return std::unexpected(std::move(error));
}

Result<void> set_value(Message& message, const FieldLayout& field, std::string_view value,
                       const std::string& path) {
  const auto& reflection = *message.GetReflection();
  if (!field.repeated && reflection.HasField(message, field.field)) return given_twice(path);
  if (detail::excluded_by_oneof(message, field)) {
    return detail::excluded_field(message, field, path);
  }
  if (field.map) {
    return detail::wrong_value(path, "a key: write `" + path + ".KEY=VALUE`", detail::shown(value));
  }
  if (field.message != nullptr && !field.message->timestamp) {
    auto* target = field.repeated ? reflection.AddMessage(&message, field.field)
                                  : reflection.MutableMessage(&message, field.field);
    return read_object(value, *target, path);
  }
  if (detail::store_text(message, field, value)) return {};
  return detail::wrong_value(path, detail::wanted(field), detail::shown(value));
}

Result<void> set_entry(Message& message, const FieldLayout& field, std::string_view key,
                       std::string_view value, const std::string& path) {
  auto* entry = message.GetReflection()->AddMessage(&message, field.field);
  const auto& members = field.message->fields;
  if (!detail::store_text(*entry, members[0], key)) {
    return detail::wrong_value(path, detail::wanted(members[0]) + " as its key",
                               detail::quoted(key));
  }
  return set_value(*entry, members[1], value, path);
}

Result<void> set_at(Message& message, std::string_view rest, std::string_view value,
                    const std::string& path) {
  const auto point = rest.find('.');
  const auto name = rest.substr(0, point);
  const auto& layout = detail::layout_of(message.GetDescriptor());
  const auto* field = layout.find(name);
  if (field == nullptr) return detail::unknown_field(layout, name, path);
  if (point == std::string_view::npos) return set_value(message, *field, value, path);
  rest.remove_prefix(point + 1);
  if (field->map) return set_entry(message, *field, rest, value, path);
  if (field->repeated || field->message == nullptr || field->message->timestamp) {
    return fail(ErrorCode::invalid,
                '`' + std::string(name) + "` has no fields of its own to reach with a point", path);
  }
  if (detail::excluded_by_oneof(message, *field)) {
    return detail::excluded_field(message, *field, path);
  }
  return set_at(*message.GetReflection()->MutableMessage(&message, field->field), rest, value,
                path);
}

}  // namespace

Result<void> set_field(Message& message, std::string_view name, std::string_view value) {
  constexpr std::size_t path_bytes_max = 200;
  if (!is_utf8(value)) {
    return fail(ErrorCode::invalid, "the value is not UTF-8; encode it so", std::string(name));
  }
  return set_at(message, name, value, std::string(utf8_cut(name, path_bytes_max)));
}

}  // namespace nightshift
