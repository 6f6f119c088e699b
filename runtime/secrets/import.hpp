// Secrets from the files of other programs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "runtime/secrets/sealed_store.hpp"

namespace nightshift::runtime {

enum class ImportFormat {
  /// By its look: a Fernet token, base64 of IV, tag and ciphertext, a JSON object, else a `.env`.
  detect,
  /// A `.env` file or a JSON object of texts. With a key, values that are Fernet tokens are opened.
  plain,
  /// One Fernet token; within it, what `plain` takes.
  fernet,
  /// `base64(IV[12] + tag[16] + ciphertext)`, AES-256-GCM; within it, what `plain` takes.
  gcm,
};

struct Import {
  std::string_view text;
  ImportFormat format = ImportFormat::detect;
  const SecretText* key = nullptr;
  /// The whole content is this one secret; empty: the content names its secrets.
  std::string name;
};

ImportFormat detect_format(std::string_view text);

/// What there is to import, by name. `usage` where a key is missing, `invalid` where the content is
/// not of the format, or holds no secret; else as `open_fernet` and `open_iv_tag_ciphertext`. The
/// errors name lines and names, never values.
Result<NamedSecrets> read_import(const Import& import);

}  // namespace nightshift::runtime
