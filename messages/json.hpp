// The one JSON mapping of messages (CONTRACTS.md, HTTP): proto field names, 64-bit numbers as
// numbers while they fit 53 bits (else as text), enums as lower-case words without their prefix,
// `Timestamp` as RFC 3339, bytes as base64url, absent sub-messages left out, other defaults shown.
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "messages/error.hpp"

namespace nightshift {

/// Bounds of what is read.
inline constexpr int json_depth_max = 64;

/// Appends `message` to `out` as one JSON object, without white space.
void append_json(const google::protobuf::Message& message, std::string& out);
std::string to_json(const google::protobuf::Message& message);
/// A JSON string with its quotes.
void append_json_string(std::string_view text, std::string& out);

/// Reads one JSON object into `message`. Empty input is an empty object. Strict: unknown fields
/// are `unknown_field` (naming the nearest known one), wrong types, duplicate names, depth over 64,
/// numbers out of range, text that is not UTF-8 are `invalid`; `instance` is the field's path.
Result<void> from_json(std::string_view text, google::protobuf::Message& message);

/// True if `text` is one JSON value (RFC 8259) in UTF-8, at most `json_depth_max` deep.
bool is_json(std::string_view text);

/// One `field=value` of the command line. Repeated fields append, `a.b=value` reaches into
/// sub-messages, `field=@PATH` is not handled here. Errors as `from_json`.
Result<void> set_field(google::protobuf::Message& message, std::string_view name,
                       std::string_view value);

/// `SCOPE_READ` -> `read`: the word of an enum value.
std::string enum_word(const google::protobuf::EnumValueDescriptor& value);

/// The rules of command fields (`required`, `bytes_max`, `max`), checked on the whole message.
/// `invalid` or `too_large`, `instance` is the field.
Result<void> check_rules(const google::protobuf::Message& message);

}  // namespace nightshift
