// Takes files of other programs apart into secrets.
#include "runtime/secrets/import.hpp"

#include <utility>

#include "messages/json.hpp"
#include "messages/secret_bundle.pb.h"
#include "runtime/secrets/cipher.hpp"
#include "runtime/secrets/dotenv.hpp"
#include "runtime/secrets/foreign.hpp"

namespace nightshift::runtime {
namespace {

/// IV, tag and one byte, in base64.
constexpr std::size_t gcm_text_min = 39;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

Result<NamedSecrets> read_json(std::string_view text) {
  WipedString wrapped;
  wrapped.text().reserve(text.size() + 16);
  wrapped.text() = "{\"secrets\":";
  wrapped.text() += text;
  wrapped.text() += '}';
  SecretBundle bundle;
  const bool good = from_json(wrapped.text(), bundle).has_value();
  NamedSecrets secrets;
  for (auto& [name, value] : *bundle.mutable_secrets()) {
    if (good && !value.empty()) secrets.emplace_back(name, SecretText(value));
    wipe(value);
  }
  if (good) return secrets;
  // The reader's own words repeat what it found.
  return fail(ErrorCode::invalid,
              "this is no JSON object whose values are texts; nothing was imported");
}

Result<void> open_values(NamedSecrets& secrets, const SecretText* key) {
  if (key == nullptr) return {};
  for (auto& [name, secret] : secrets) {
    if (!looks_like_fernet(secret.reveal())) continue;
    auto opened = open_fernet(secret.reveal(), *key);
    if (!opened) {
      opened.error().detail = name + ": " + opened.error().detail;
      return std::unexpected(opened.error());
    }
    secret = std::move(*opened);
  }
  return {};
}

Result<NamedSecrets> read_plain(const Import& import, std::string_view text) {
  NamedSecrets secrets;
  if (!import.name.empty()) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    secrets.emplace_back(import.name, SecretText(text));
    return secrets;
  }
  auto read = trimmed(text).starts_with('{') ? read_json(text) : read_dotenv(text);
  if (!read) return read;
  if (read->empty()) {
    return fail(ErrorCode::invalid,
                "there is no secret in it; if the whole of it is one, say --name NAME");
  }
  return read;
}

Result<NamedSecrets> read_opened(const Import& import, Result<SecretText> opened) {
  if (!opened) return std::unexpected(opened.error());
  return read_plain(import, opened->reveal());
}

}  // namespace

ImportFormat detect_format(std::string_view text) {
  text = trimmed(text);
  if (text.find_first_of(" \t{#:\"'") != std::string_view::npos) return ImportFormat::plain;
  const auto bytes = cipher::from_any_base64(text);
  if (!bytes || text.size() < gcm_text_min) return ImportFormat::plain;
  return looks_like_fernet(text) ? ImportFormat::fernet : ImportFormat::gcm;
}

Result<NamedSecrets> read_import(const Import& import) {
  const auto format =
      import.format == ImportFormat::detect ? detect_format(import.text) : import.format;
  if (format == ImportFormat::plain) {
    auto secrets = read_plain(import, import.text);
    if (!secrets) return secrets;
    if (auto done = open_values(*secrets, import.key); !done) {
      return std::unexpected(done.error());
    }
    return secrets;
  }
  if (import.key == nullptr) {
    return fail(ErrorCode::usage,
                std::string("this is sealed (") +
                    (format == ImportFormat::fernet ? "Fernet" : "AES-256-GCM") +
                    "); name the key that opens it: --key env:NAME or --key file:PATH",
                "--key");
  }
  return read_opened(import, format == ImportFormat::fernet
                                 ? open_fernet(import.text, *import.key)
                                 : open_iv_tag_ciphertext(import.text, *import.key));
}

}  // namespace nightshift::runtime
