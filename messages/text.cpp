// Looks for bytes that are no text.
#include "messages/text.hpp"

#include <algorithm>
#include <optional>

#include "messages/layout.hpp"
#include "messages/utf8.hpp"

namespace nightshift {
namespace {

using detail::FieldLayout;
using detail::MessageLayout;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// Where the first text is that is none, as what follows the name of whatever was searched.
using Place = std::optional<std::string>;

Place search(const Message& message, const MessageLayout& layout);

Place search_text(const Message& message, const FieldLayout& field, int i) {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  const auto& text = field.repeated
                         ? reflection.GetRepeatedStringReference(message, field.field, i, &scratch)
                         : reflection.GetStringReference(message, field.field, &scratch);
  if (is_utf8(text)) return std::nullopt;
  return std::string();
}

Place search_part(const Message& message, const FieldLayout& field, int i) {
  const auto& reflection = *message.GetReflection();
  if (!field.repeated && !reflection.HasField(message, field.field)) return std::nullopt;
  const auto& part = field.repeated ? reflection.GetRepeatedMessage(message, field.field, i)
                                    : reflection.GetMessage(message, field.field);
  auto place = search(part, *field.message);
  if (place) place->insert(0, 1, '.');
  return place;
}

Place search(const Message& message, const MessageLayout& layout) {
  for (const auto& field : layout.fields) {
    const bool text = field.field->type() == FieldDescriptor::TYPE_STRING;
    if (!text && field.message == nullptr) continue;
    const int count = field.repeated ? message.GetReflection()->FieldSize(message, field.field) : 1;
    for (int i = 0; i < count; ++i) {
      const auto place = text ? search_text(message, field, i) : search_part(message, field, i);
      if (!place) continue;
      return field.field->name() + (field.repeated ? '[' + std::to_string(i) + ']' : "") + *place;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<void> check_text(const Message& message) {
  const auto place = search(message, detail::layout_of(message.GetDescriptor()));
  if (!place) return {};
  return fail(ErrorCode::invalid, '`' + *place + "` is not UTF-8; encode it so", *place);
}

Result<void> check_line(std::string_view text, std::string_view field) {
  const auto is_control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  };
  if (std::ranges::none_of(text, is_control)) return {};
  return fail(ErrorCode::invalid,
              std::string(field) + " holds a line break or another control character; remove it",
              std::string(field));
}

std::string readable(std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    const auto good = utf8_prefix_bytes(text);
    out += text.substr(0, good);
    if (good < text.size()) out += replacement;
    text.remove_prefix(std::min(good + 1, text.size()));
  }
  return out;
}

}  // namespace nightshift
