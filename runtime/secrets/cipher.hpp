// The ciphers of secrets, by OpenSSL. Knows no format. For this folder alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/secrets/secret_text.hpp"

namespace nightshift::runtime::cipher {

inline constexpr std::size_t gcm_key_bytes = 32;
inline constexpr std::size_t gcm_nonce_bytes = 12;
inline constexpr std::size_t gcm_tag_bytes = 16;
inline constexpr std::size_t cbc_key_bytes = 16;
inline constexpr std::size_t cbc_block_bytes = 16;

/// AES-256-GCM (NIST SP 800-38D): the ciphertext, then the tag.
std::string gcm_seal(std::string_view key, std::string_view nonce, std::string_view associated,
                     std::string_view plain);
/// Nothing unless the tag fits all of it.
std::optional<SecretText> gcm_open(std::string_view key, std::string_view nonce,
                                   std::string_view associated, std::string_view ciphertext,
                                   std::string_view tag);

/// AES-128-CBC with PKCS #7 padding, for what other programs wrote; authenticate it first. Nothing
/// where the padding is wrong.
std::optional<SecretText> cbc_open(std::string_view key, std::string_view iv,
                                   std::string_view ciphertext);

/// HMAC-SHA256, compared in constant time.
bool hmac_fits(std::string_view key, std::string_view text, std::string_view mac);

/// Base64 of either alphabet, with or without padding; blanks and line ends around and within it
/// do not count. Nothing where it is none.
std::optional<std::string> from_any_base64(std::string_view text);

}  // namespace nightshift::runtime::cipher
