// Secrets that other programs sealed.
#pragma once

#include <string_view>

#include "messages/error.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::runtime {

/// True if `text` begins as every Fernet token does.
bool looks_like_fernet(std::string_view text);

/// Opens a token of Python's `cryptography` (the Fernet specification, version 0x80); its age does
/// not matter. `key` is base64 of 32 bytes. Error `config` for what is no key, `invalid` for what
/// is no token, `corrupt` where its signature is not that of this key.
Result<SecretText> open_fernet(std::string_view token, const SecretText& key);

/// Opens `base64(IV[12] + tag[16] + ciphertext)`, AES-256-GCM without associated data. `key` is 64
/// hex digits or base64 of 32 bytes. Errors as above.
Result<SecretText> open_iv_tag_ciphertext(std::string_view text, const SecretText& key);

}  // namespace nightshift::runtime
