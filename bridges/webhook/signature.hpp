// The signature of Standard Webhooks 1.0.0: HMAC-SHA256, `v1`.
#pragma once

#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::bridges::webhook {

/// The key within `whsec_BASE64`; the prefix may be missing. Error `config`, which never repeats
/// the secret.
Result<runtime::SecretText> signing_key(const runtime::SecretText& secret);

/// `v1,BASE64`: over `ID.TIMESTAMP.PAYLOAD`. Neither `id` nor `timestamp` may hold a full stop.
std::string sign(const runtime::SecretText& key, std::string_view id, std::string_view timestamp,
                 std::string_view payload);

}  // namespace nightshift::bridges::webhook
