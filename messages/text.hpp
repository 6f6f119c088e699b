// Texts of messages: what is not UTF-8 Protobuf writes without complaint, and never reads again.
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "messages/error.hpp"

namespace nightshift {

/// Every `string` of the message, at any depth, is UTF-8; else `invalid`, `instance` is the field.
/// Whatever may be serialised and kept has to pass.
Result<void> check_text(const google::protobuf::Message& message);

/// `text` is one line: without a control character of ASCII; else `invalid`, `instance` is `field`.
Result<void> check_line(std::string_view text, std::string_view field);

/// `text` with U+FFFD for each byte that is not UTF-8: for what others said.
std::string readable(std::string_view text);

}  // namespace nightshift
