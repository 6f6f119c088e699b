// Checks what schemas say about the fields of commands (options.proto, FieldRules).
#include "messages/json.hpp"
#include "messages/layout.hpp"
#include "messages/text.hpp"

namespace nightshift {
namespace {

using detail::FieldLayout;
using detail::MessageLayout;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool is_empty(const Message& message, const FieldLayout& layout) {
  const auto& reflection = *message.GetReflection();
  const auto* field = layout.field;
  if (layout.repeated) return reflection.FieldSize(message, field) == 0;
  if (!reflection.HasField(message, field)) return true;
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetStringReference(message, field, &scratch).empty();
    case FieldDescriptor::CPPTYPE_ENUM: return reflection.GetEnumValue(message, field) == 0;
    default: return false;
  }
}

Result<void> check_length(std::string_view value, const FieldLayout& layout,
                          const std::string& path) {
  if (value.size() <= layout.bytes_max) return {};
  return fail(ErrorCode::too_large,
              '`' + path + "` has " + std::to_string(value.size()) + " bytes, " +
                  std::to_string(layout.bytes_max) + " are accepted: shorten it",
              path);
}

Result<void> check_lengths(const Message& message, const FieldLayout& layout,
                           const std::string& path) {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  if (!layout.repeated) {
    return check_length(reflection.GetStringReference(message, layout.field, &scratch), layout,
                        path);
  }
  for (int i = 0; i < reflection.FieldSize(message, layout.field); ++i) {
    const auto& value = reflection.GetRepeatedStringReference(message, layout.field, i, &scratch);
    if (auto checked = check_length(value, layout, path + '[' + std::to_string(i) + ']'); !checked)
      return checked;
  }
  return {};
}

Result<void> check_number(const Message& message, const FieldLayout& layout,
                          const std::string& path) {
  const auto& reflection = *message.GetReflection();
  const bool wide = layout.field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  const std::uint64_t value = wide ? reflection.GetUInt64(message, layout.field)
                                   : reflection.GetUInt32(message, layout.field);
  if (value <= layout.max) return {};
  return fail(ErrorCode::invalid,
              '`' + path + "` is " + std::to_string(value) + ", at most " +
                  std::to_string(layout.max) + " is accepted",
              path);
}

Result<void> check_message(const Message& message, const MessageLayout& layout,
                           const std::string& parent);

Result<void> check_messages(const Message& message, const FieldLayout& layout,
                            const std::string& path) {
  const auto& reflection = *message.GetReflection();
  if (!layout.repeated) {
    if (!reflection.HasField(message, layout.field)) return {};
    return check_message(reflection.GetMessage(message, layout.field), *layout.message, path);
  }
  for (int i = 0; i < reflection.FieldSize(message, layout.field); ++i) {
    auto checked = check_message(reflection.GetRepeatedMessage(message, layout.field, i),
                                 *layout.message, path + '[' + std::to_string(i) + ']');
    if (!checked) return checked;
  }
  return {};
}

Result<void> check_message(const Message& message, const MessageLayout& layout,
                           const std::string& parent) {
  for (const auto& field : layout.fields) {
    const bool bounded = field.bytes_max > 0 || field.max > 0;
    if (!field.required && !bounded && field.message == nullptr) continue;
    const auto path = parent.empty() ? field.field->name() : parent + '.' + field.field->name();
    if (field.required && is_empty(message, field)) {
      return fail(ErrorCode::invalid, '`' + path + "` is missing or empty; give a value", path);
    }
    Result<void> checked;
    if (field.bytes_max > 0) checked = check_lengths(message, field, path);
    if (field.max > 0) checked = check_number(message, field, path);
    if (field.message != nullptr) checked = check_messages(message, field, path);
    if (!checked) return checked;
  }
  return {};
}

}  // namespace

Result<void> check_rules(const Message& message) {
  if (auto readable = check_text(message); !readable) return readable;
  return check_message(message, detail::layout_of(message.GetDescriptor()), {});
}

}  // namespace nightshift
