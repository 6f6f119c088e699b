// Puts one value, as JSON or a command line has it, into one field. For this folder alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <google/protobuf/message.h>

#include "messages/error.hpp"
#include "messages/layout.hpp"

namespace nightshift::detail {

/// A number outside 64 bits, or with a fraction or an exponent, is a double.
using Scalar = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;

/// Sets a single field, appends to a repeated one. False if the field does not take the value.
bool store(google::protobuf::Message& message, const FieldLayout& field, const Scalar& value);

/// The same for a text from the command line or a map's key, read as the field's type wants it.
bool store_text(google::protobuf::Message& message, const FieldLayout& field,
                std::string_view text);

/// True if another member of the field's oneof is set.
bool excluded_by_oneof(const google::protobuf::Message& message, const FieldLayout& field);

// -- errors, the same wherever a field comes from

std::unexpected<Error> unknown_field(const MessageLayout& layout, std::string_view name,
                                     const std::string& path);
std::unexpected<Error> excluded_field(const google::protobuf::Message& message,
                                      const FieldLayout& field, const std::string& path);
std::unexpected<Error> wrong_value(const std::string& path, std::string_view wanted,
                                   std::string_view got);

/// What the field takes, in words: `a whole number of 32 bits`, `one of: email, linkedin`.
std::string wanted(const FieldLayout& field);
/// What was given, in words: `the text x`, `12`.
std::string shown(const Scalar& value);

/// A text from outside as it may stand in an error: at most 80 bytes, between back quotes.
std::string quoted(std::string_view text);

}  // namespace nightshift::detail
