// Signs by libsodium.
#include "bridges/webhook/signature.hpp"

#include <sodium.h>

#include <array>

namespace nightshift::bridges::webhook {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Result<runtime::SecretText> signing_key(const runtime::SecretText& secret) {
  constexpr std::string_view prefix = "whsec_";
  auto text = secret.reveal();
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  runtime::WipedString key(std::string(text.size(), '\0'));
  std::size_t size = 0;
  const int decoded = sodium_base642bin(reinterpret_cast<unsigned char*>(key.text().data()),
                                        key.text().size(), text.data(), text.size(), nullptr, &size,
                                        nullptr, sodium_base64_VARIANT_ORIGINAL);
  if (decoded != 0 || size == 0) {
    return fail(ErrorCode::config,
                "the secret is not of the form whsec_BASE64 that Standard Webhooks has; copy it "
                "from the receiver once more");
  }
  return runtime::SecretText(std::string_view(key.text()).substr(0, size));
}

std::string sign(const runtime::SecretText& key, std::string_view id, std::string_view timestamp,
                 std::string_view payload) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key.reveal()), key.reveal().size());
  for (const auto part : {id, std::string_view("."), timestamp, std::string_view("."), payload}) {
    crypto_auth_hmacsha256_update(&state, bytes_of(part), part.size());
  }
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> hash{};
  crypto_auth_hmacsha256_final(&state, hash.data());
  sodium_memzero(&state, sizeof state);
  std::array<char, sodium_base64_ENCODED_LEN(hash.size(), sodium_base64_VARIANT_ORIGINAL)> text{};
  sodium_bin2base64(text.data(), text.size(), hash.data(), hash.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return std::string("v1,") + text.data();
}

}  // namespace nightshift::bridges::webhook
