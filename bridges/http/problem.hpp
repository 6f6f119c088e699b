// Errors as `application/problem+json` (RFC 9457), with the codes of messages/error.def.
#pragma once

#include <string_view>

#include "bridges/http/exchange.hpp"
#include "messages/error.hpp"

namespace nightshift::bridges::http {

/// `{type, title, status, code, detail, instance}`, and `command_id` for a command: where its
/// outcome is unknown, ask again by it. `instance` is what the error names, else `path`. Adds
/// `Retry-After` and `WWW-Authenticate` where the status wants them.
Response problem(const Error& error, std::string_view path, std::string_view command_id = {});

/// What `WWW-Authenticate` says of how to get in (RFC 9110 section 11.6.1): every 401 has it.
inline constexpr const char* challenge = "Bearer realm=\"nightshift\"";

/// The reason phrase of a status that this server sends.
std::string_view reason_phrase(int status);

}  // namespace nightshift::bridges::http
