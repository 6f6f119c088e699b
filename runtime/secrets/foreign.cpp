// Opens what other programs sealed.
#include "runtime/secrets/foreign.hpp"

#include <string>
#include <utility>

#include "runtime/secrets/cipher.hpp"
#include "runtime/secrets/master_key.hpp"

namespace nightshift::runtime {
namespace {

// Fernet: version, time of 8 bytes, IV, ciphertext, HMAC over all before it.
constexpr char fernet_version = '\x80';
constexpr std::size_t fernet_head_bytes = 1 + 8 + cipher::cbc_block_bytes;
constexpr std::size_t fernet_mac_bytes = 32;

std::unexpected<Error> wrong_key(const std::string& what) {
  return fail(ErrorCode::corrupt,
              what +
                  " does not open with this key: another one sealed it, or it was changed "
                  "since; nothing was imported");
}

}  // namespace

bool looks_like_fernet(std::string_view text) { return text.starts_with("gAAAA"); }

Result<SecretText> open_fernet(std::string_view token, const SecretText& key) {
  const WipedString keys(cipher::from_any_base64(key.reveal()).value_or(""));
  if (keys.text().size() != 2 * cipher::cbc_key_bytes) {
    return fail(ErrorCode::config, "the key is no Fernet key: base64 of 32 bytes is one");
  }
  const auto bytes = cipher::from_any_base64(token);
  if (!bytes || bytes->size() < fernet_head_bytes + cipher::cbc_block_bytes + fernet_mac_bytes ||
      bytes->front() != fernet_version) {
    return fail(ErrorCode::invalid, "this is no Fernet token, or only a part of one");
  }
  const std::string_view all = *bytes;
  const std::string_view both = keys.text();
  const auto signed_part = all.substr(0, all.size() - fernet_mac_bytes);
  if (!cipher::hmac_fits(both.substr(0, cipher::cbc_key_bytes), signed_part,
                         all.substr(signed_part.size()))) {
    return wrong_key("the Fernet token");
  }
  auto secret = cipher::cbc_open(
      both.substr(cipher::cbc_key_bytes),
      signed_part.substr(fernet_head_bytes - cipher::cbc_block_bytes, cipher::cbc_block_bytes),
      signed_part.substr(fernet_head_bytes));
  if (!secret) return wrong_key("the Fernet token");
  return std::move(*secret);
}

Result<SecretText> open_iv_tag_ciphertext(std::string_view text, const SecretText& key) {
  const auto master = MasterKey::parse(key.reveal());
  if (!master) return std::unexpected(master.error());
  const auto bytes = cipher::from_any_base64(text);
  constexpr auto head = cipher::gcm_nonce_bytes + cipher::gcm_tag_bytes;
  if (!bytes || bytes->size() <= head) {
    return fail(ErrorCode::invalid,
                "this is not base64 of IV, tag and ciphertext, or only a part of it");
  }
  const std::string_view all = *bytes;
  auto secret = cipher::gcm_open(master->reveal(), all.substr(0, cipher::gcm_nonce_bytes), "",
                                 all.substr(head),
                                 all.substr(cipher::gcm_nonce_bytes, cipher::gcm_tag_bytes));
  if (!secret) return wrong_key("the sealed text");
  return std::move(*secret);
}

}  // namespace nightshift::runtime
