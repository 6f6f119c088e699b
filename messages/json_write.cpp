// Writes messages as JSON (docs/formats/json.md), straight into the output.
#include <cassert>
#include <charconv>
#include <cmath>
#include <map>

#include "messages/crypto.hpp"
#include "messages/json.hpp"
#include "messages/json_plain.hpp"
#include "messages/layout.hpp"
#include "messages/time.hpp"
#include "messages/utf8.hpp"

namespace nightshift {
namespace {

using detail::FieldLayout;
using detail::MessageLayout;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::uint64_t exact_max = (std::uint64_t{1} << 53) - 1;

void append_escape(char c, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
  }
}

template <class Number>
void append_number(Number number, std::string& out) {
  char text[32];
  const auto [end, error] = std::to_chars(std::begin(text), std::end(text), number);
  assert(error == std::errc());
  out.append(text, end);
}

/// Readers that keep numbers as doubles would change larger ones silently.
template <class Number>
void append_wide(Number number, std::string& out) {
  const bool negative = number < 0;
  const auto bits = static_cast<std::uint64_t>(number);
  const bool exact = (negative ? 0 - bits : bits) <= exact_max;
  if (!exact) out += '"';
  append_number(number, out);
  if (!exact) out += '"';
}

template <class Number>
void append_real(Number number, std::string& out) {
  if (std::isfinite(number)) {
    append_number(number, out);
    // "-0" alone is read as the whole number, which has no sign.
    if (number == 0 && std::signbit(number)) out += ".0";
    return;
  }
  out += std::isnan(number) ? "\"NaN\"" : number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
}

void append_enum(int number, const FieldLayout& field, std::string& out) {
  for (const auto& [value, word] : field.words) {
    if (value != number) continue;
    out += '"';
    out += word;
    out += '"';
    return;
  }
  append_number(number, out);  // from a newer schema: there is no word for it here
}

void append_text(const FieldDescriptor* field, const std::string& text, std::string& out) {
  if (field->type() == FieldDescriptor::TYPE_STRING) return append_json_string(text, out);
  out += '"';
  out += to_base64url(text);
  out += '"';
}

void append_message(const Message& message, const MessageLayout& layout, std::string& out);

/// How one value is fetched from its message.
struct Single {
  const Message& message;
  const Reflection& reflection;
  const FieldDescriptor* field;

  auto int32() const { return reflection.GetInt32(message, field); }
  auto int64() const { return reflection.GetInt64(message, field); }
  auto uint32() const { return reflection.GetUInt32(message, field); }
  auto uint64() const { return reflection.GetUInt64(message, field); }
  auto real() const { return reflection.GetDouble(message, field); }
  auto real32() const { return reflection.GetFloat(message, field); }
  auto boolean() const { return reflection.GetBool(message, field); }
  auto enumeration() const { return reflection.GetEnumValue(message, field); }
  auto& text(std::string& scratch) const {
    return reflection.GetStringReference(message, field, &scratch);
  }
  auto& sub() const { return reflection.GetMessage(message, field); }
};

struct Element {
  const Message& message;
  const Reflection& reflection;
  const FieldDescriptor* field;
  int index;

  auto int32() const { return reflection.GetRepeatedInt32(message, field, index); }
  auto int64() const { return reflection.GetRepeatedInt64(message, field, index); }
  auto uint32() const { return reflection.GetRepeatedUInt32(message, field, index); }
  auto uint64() const { return reflection.GetRepeatedUInt64(message, field, index); }
  auto real() const { return reflection.GetRepeatedDouble(message, field, index); }
  auto real32() const { return reflection.GetRepeatedFloat(message, field, index); }
  auto boolean() const { return reflection.GetRepeatedBool(message, field, index); }
  auto enumeration() const { return reflection.GetRepeatedEnumValue(message, field, index); }
  auto& text(std::string& scratch) const {
    return reflection.GetRepeatedStringReference(message, field, index, &scratch);
  }
  auto& sub() const { return reflection.GetRepeatedMessage(message, field, index); }
};

template <class Value>
void append_value(const Value& value, const FieldLayout& layout, std::string& out) {
  switch (layout.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return append_number(value.int32(), out);
    case FieldDescriptor::CPPTYPE_INT64: return append_wide(value.int64(), out);
    case FieldDescriptor::CPPTYPE_UINT32: return append_number(value.uint32(), out);
    case FieldDescriptor::CPPTYPE_UINT64: return append_wide(value.uint64(), out);
    case FieldDescriptor::CPPTYPE_DOUBLE: return append_real(value.real(), out);
    case FieldDescriptor::CPPTYPE_FLOAT: return append_real(value.real32(), out);
    case FieldDescriptor::CPPTYPE_BOOL: out += value.boolean() ? "true" : "false"; return;
    case FieldDescriptor::CPPTYPE_ENUM: return append_enum(value.enumeration(), layout, out);
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return append_text(layout.field, value.text(scratch), out);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: return append_message(value.sub(), *layout.message, out);
  }
}

void append_list(const Message& message, const Reflection& reflection, const FieldLayout& layout,
                 std::string& out) {
  out += '[';
  const int size = reflection.FieldSize(message, layout.field);
  for (int i = 0; i < size; ++i) {
    if (i > 0) out += ',';
    append_value(Element{message, reflection, layout.field, i}, layout, out);
  }
  out += ']';
}

/// Sorted by key as text: a map has no order of its own.
void append_map(const Message& message, const Reflection& reflection, const FieldLayout& layout,
                std::string& out) {
  const auto& key = layout.message->fields[0];
  const auto& value = layout.message->fields[1];
  std::map<std::string, std::string> members;
  const int size = reflection.FieldSize(message, layout.field);
  for (int i = 0; i < size; ++i) {
    const auto& entry = reflection.GetRepeatedMessage(message, layout.field, i);
    std::string name;
    append_value(Single{entry, *entry.GetReflection(), key.field}, key, name);
    if (!name.starts_with('"')) name = '"' + name + '"';
    append_value(Single{entry, *entry.GetReflection(), value.field}, value, members[name]);
  }
  char separator = '{';
  for (const auto& [name, text] : members) {
    out += separator;
    separator = ',';
    out += name;
    out += ':';
    out += text;
  }
  if (members.empty()) out += '{';
  out += '}';
}

void append_timestamp(const Message& message, std::string& out) {
  out += '"';
  out += to_rfc3339(from_proto(static_cast<const google::protobuf::Timestamp&>(message)));
  out += '"';
}

void append_message(const Message& message, const MessageLayout& layout, std::string& out) {
  if (layout.timestamp) return append_timestamp(message, out);
  const auto& reflection = *message.GetReflection();
  char separator = '{';
  for (const auto& field : layout.fields) {
    if (field.presence && !reflection.HasField(message, field.field)) continue;
    out += separator;
    separator = ',';
    out += field.key;
    if (field.map) {
      append_map(message, reflection, field, out);
    } else if (field.repeated) {
      append_list(message, reflection, field, out);
    } else {
      append_value(Single{message, reflection, field.field}, field, out);
    }
  }
  if (separator == '{') out += '{';
  out += '}';
}

}  // namespace

void append_json(const Message& message, std::string& out) {
  append_message(message, detail::layout_of(message.GetDescriptor()), out);
}

std::string to_json(const Message& message) {
  std::string out;
  append_json(message, out);
  return out;
}

void append_json_string(std::string_view text, std::string& out) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  out += '"';
  while (!text.empty()) {
    if (const auto plain = detail::plain_prefix(text); plain > 0) {
      out += text.substr(0, plain);
      text.remove_prefix(plain);
    } else if (const auto bytes = utf8_character_bytes(text); bytes > 1) {
      out += text.substr(0, bytes);
      text.remove_prefix(bytes);
    } else {
      if (bytes == 1) append_escape(text.front(), out);
      if (bytes == 0) out += replacement;
      text.remove_prefix(1);
    }
  }
  out += '"';
}

std::string enum_word(const google::protobuf::EnumValueDescriptor& value) {
  // `EffectState` -> `EFFECT_STATE_`, the prefix of its values.
  std::string prefix;
  for (const char c : value.type()->name()) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !prefix.empty()) prefix += '_';
    prefix += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  prefix += '_';
  std::string word = value.name();
  if (word.starts_with(prefix)) word.erase(0, prefix.size());
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

}  // namespace nightshift
