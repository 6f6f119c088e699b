// One secret, sealed. Format and test vectors: docs/formats/secrets.md.
#pragma once

#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "runtime/secrets/master_key.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::runtime {

/// Who may open a secret and as what; all of it is authenticated. Each part is an id (`is_id`).
struct SealedAs {
  std::string_view node;
  /// `cloud` or `local`.
  std::string_view zone;
  std::string_view name;
};

/// `nightshift.sealed.v1:KEY-ID:BASE64URL`, with a fresh nonce.
std::string seal(const MasterKey& key, const SealedAs& as, const SecretText& secret);
/// The same with a nonce of 12 bytes that must never have been used with this key: for test
/// vectors.
std::string seal_with_nonce(const MasterKey& key, const SealedAs& as, const SecretText& secret,
                            std::string_view nonce);

/// The id of the key that `sealed` needs. `corrupt` where it is no sealed secret, `newer_version`
/// where a later version sealed it.
Result<std::string> sealing_key(std::string_view sealed, std::string_view name);

/// `corrupt`, `newer_version`; `not_found` where `ring` lacks the key, naming it.
Result<SecretText> unseal(const KeyRing& ring, const SealedAs& as, std::string_view sealed);

}  // namespace nightshift::runtime
