// Checks and stores single values, and says in one voice what was wrong with them.
#include "messages/json_value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>

#include "google/protobuf/timestamp.pb.h"
#include "messages/crypto.hpp"
#include "messages/nearest.hpp"
#include "messages/time.hpp"
#include "messages/utf8.hpp"

namespace nightshift::detail {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

template <class Number>
std::optional<Number> whole(const Scalar& value) {
  const auto narrowed = [](auto wide) -> std::optional<Number> {
    if (!std::in_range<Number>(wide)) return std::nullopt;
    return static_cast<Number>(wide);
  };
  if (const auto* number = std::get_if<std::int64_t>(&value)) return narrowed(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return narrowed(*number);
  // Numbers beyond 53 bits travel as text.
  const auto* text = std::get_if<std::string_view>(&value);
  if (text != nullptr && sizeof(Number) == 8) return parse<Number>(*text);
  return std::nullopt;
}

/// From here on a number would be rounded to infinity.
template <class Number>
constexpr double real_end = std::numeric_limits<double>::infinity();
template <>
constexpr double real_end<float> = 0x1.ffffffp127;

template <class Number>
std::optional<Number> real(const Scalar& value) {
  using Limits = std::numeric_limits<Number>;
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (*text == "NaN") return Limits::quiet_NaN();
    if (*text == "Infinity") return Limits::infinity();
    if (*text == "-Infinity") return -Limits::infinity();
    return std::nullopt;
  }
  double number = 0;
  if (const auto* d = std::get_if<double>(&value)) {
    number = *d;
  } else if (const auto* i = std::get_if<std::int64_t>(&value)) {
    number = static_cast<double>(*i);
  } else if (const auto* u = std::get_if<std::uint64_t>(&value)) {
    number = static_cast<double>(*u);
  } else {
    return std::nullopt;
  }
  if (std::abs(number) >= real_end<Number>) return std::nullopt;
  // The shortest text of the largest float, read as a double, lies a little above it.
  return static_cast<Number>(std::clamp<double>(number, Limits::lowest(), Limits::max()));
}

std::optional<bool> boolean(const Scalar& value) {
  if (const auto* given = std::get_if<bool>(&value)) return *given;
  return std::nullopt;
}

std::optional<int> enumeration(const Scalar& value, const FieldLayout& field) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return std::nullopt;
  for (const auto& [number, word] : field.words) {
    if (word == *text) return number;
  }
  return std::nullopt;
}

std::optional<std::string> text_or_bytes(const Scalar& value, const FieldLayout& field) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return std::nullopt;
  if (field.field->type() == FieldDescriptor::TYPE_BYTES) return from_base64url(*text);
  return std::string(*text);
}

/// `Setter` and `Adder` are the members of Reflection for one type of value.
template <class Value, class Setter, class Adder>
bool put(Message& message, const FieldLayout& field, std::optional<Value> value, Setter set,
         Adder add) {
  if (!value) return false;
  const auto& reflection = *message.GetReflection();
  if (field.repeated) {
    (reflection.*add)(&message, field.field, std::move(*value));
  } else {
    (reflection.*set)(&message, field.field, std::move(*value));
  }
  return true;
}

bool put_timestamp(Message& message, const FieldLayout& field, const Scalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  const auto time = text == nullptr ? std::nullopt : from_rfc3339(*text);
  if (!time) return false;
  const auto& reflection = *message.GetReflection();
  auto* target = field.repeated ? reflection.AddMessage(&message, field.field)
                                : reflection.MutableMessage(&message, field.field);
  static_cast<google::protobuf::Timestamp&>(*target) = to_proto(*time);
  return true;
}

/// As the field's type wants it; a text where it is none of these.
Scalar scalar_of(const FieldLayout& field, std::string_view text) {
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text == "true") return true;
      if (text == "false") return false;
      return text;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
      if (const auto number = parse<std::int64_t>(text)) return *number;
      return text;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      if (const auto number = parse<double>(text); number && *number - *number == 0) return *number;
      return text;
    default: return text;
  }
}

}  // namespace

bool store(Message& message, const FieldLayout& f, const Scalar& v) {
  using R = Reflection;
  switch (f.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(message, f, whole<std::int32_t>(v), &R::SetInt32, &R::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(message, f, whole<std::int64_t>(v), &R::SetInt64, &R::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(message, f, whole<std::uint32_t>(v), &R::SetUInt32, &R::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(message, f, whole<std::uint64_t>(v), &R::SetUInt64, &R::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put(message, f, real<double>(v), &R::SetDouble, &R::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put(message, f, real<float>(v), &R::SetFloat, &R::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(message, f, boolean(v), &R::SetBool, &R::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return put(message, f, enumeration(v, f), &R::SetEnumValue, &R::AddEnumValue);
    case FieldDescriptor::CPPTYPE_STRING:
      return put(message, f, text_or_bytes(v, f), &R::SetString, &R::AddString);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return f.message->timestamp && put_timestamp(message, f, v);
  }
  return false;
}

bool store_text(Message& message, const FieldLayout& field, std::string_view text) {
  return store(message, field, scalar_of(field, text));
}

bool excluded_by_oneof(const Message& message, const FieldLayout& field) {
  const auto* oneof = field.field->real_containing_oneof();
  if (oneof == nullptr) return false;
  const auto* set = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  return set != nullptr && set != field.field;
}

std::unexpected<Error> unknown_field(const MessageLayout& layout, std::string_view name,
                                     const std::string& path) {
  std::vector<std::string_view> known;
  for (const auto& field : layout.fields) known.push_back(field.name());
  const auto what = '`' + layout.descriptor->name() + "` has no field " + quoted(name);
  if (known.empty()) {
    return fail(ErrorCode::unknown_field, what + ": it takes none; leave it out", path);
  }
  return fail(ErrorCode::unknown_field,
              what + "; the nearest it has is `" + nearest(name, known) + '`', path);
}

std::unexpected<Error> excluded_field(const Message& message, const FieldLayout& field,
                                      const std::string& path) {
  const auto* oneof = field.field->real_containing_oneof();
  const auto* set = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  return fail(ErrorCode::invalid,
              '`' + path + "` cannot stand beside `" + set->name() + "`: give one of them", path);
}

std::unexpected<Error> wrong_value(const std::string& path, std::string_view wanted,
                                   std::string_view got) {
  return fail(ErrorCode::invalid,
              '`' + path + "` wants " + std::string(wanted) + ", not " + std::string(got), path);
}

std::string wanted(const FieldLayout& field) {
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return "a whole number of 32 bits";
    case FieldDescriptor::CPPTYPE_INT64: return "a whole number of 64 bits";
    case FieldDescriptor::CPPTYPE_UINT32: return "a whole number from 0 to 4294967295";
    case FieldDescriptor::CPPTYPE_UINT64: return "a whole number from 0 to 18446744073709551615";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: return "a number";
    case FieldDescriptor::CPPTYPE_BOOL: return "`true` or `false`";
    case FieldDescriptor::CPPTYPE_STRING:
      return field.field->type() == FieldDescriptor::TYPE_BYTES ? "base64url text" : "a text";
    case FieldDescriptor::CPPTYPE_ENUM: {
      std::string words = "one of";
      for (const auto& [number, word] : field.words) {
        if (number != 0) words += (words.ends_with("of") ? ": " : ", ") + word;
      }
      return words;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message->timestamp ? "an RFC 3339 time such as 2026-11-21T07:00:00Z"
                                      : "an object";
  }
  return "a value";
}

std::string shown(const Scalar& value) {
  return std::visit(
      [](const auto& given) -> std::string {
        using Given = std::decay_t<decltype(given)>;
        if constexpr (std::is_same_v<Given, bool>) {
          return given ? "`true`" : "`false`";
        } else if constexpr (std::is_same_v<Given, std::string_view>) {
          return "the text " + quoted(given);
        } else if (!std::isfinite(static_cast<double>(given))) {
          return "a number that no double holds";
        } else {
          char digits[32];
          const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), given);
          return quoted(std::string_view(digits, end));
        }
      },
      value);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t shown_bytes_max = 80;
  const auto shown = utf8_cut(text, shown_bytes_max);
  return '`' + std::string(shown) + (shown.size() < text.size() ? "...`" : "`");
}

}  // namespace nightshift::detail
