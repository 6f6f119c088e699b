// AES by OpenSSL, HMAC by libsodium.
#include "runtime/secrets/cipher.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <cassert>
#include <memory>
#include <new>

#include "messages/crypto.hpp"

namespace nightshift::runtime::cipher {
namespace {

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

Context new_context() {
  Context context(EVP_CIPHER_CTX_new());
  if (!context) throw std::bad_alloc();
  return context;
}

const unsigned char* in(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* out(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

int size_of(std::string_view text) { return static_cast<int>(text.size()); }

/// Our own use of the library is right, so what fails here is a lack of memory.
void must(int done) {
  if (done != 1) throw std::bad_alloc();
}

/// Decrypts into `plain`, which has room for a block more; false where the end does not fit.
bool finish(EVP_CIPHER_CTX* context, std::string_view ciphertext, std::string& plain) {
  plain.resize(ciphertext.size() + cbc_block_bytes);
  int written = 0;
  if (EVP_DecryptUpdate(context, out(plain), &written, in(ciphertext), size_of(ciphertext)) != 1) {
    return false;
  }
  int rest = 0;
  if (EVP_DecryptFinal_ex(context, out(plain) + written, &rest) != 1) return false;
  plain.resize(static_cast<std::size_t>(written + rest));
  return true;
}

}  // namespace

std::string gcm_seal(std::string_view key, std::string_view nonce, std::string_view associated,
                     std::string_view plain) {
  assert(key.size() == gcm_key_bytes && nonce.size() == gcm_nonce_bytes);
  const auto context = new_context();
  must(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(key), in(nonce)));
  int written = 0;
  must(EVP_EncryptUpdate(context.get(), nullptr, &written, in(associated), size_of(associated)));
  std::string sealed(plain.size() + gcm_tag_bytes, '\0');
  must(EVP_EncryptUpdate(context.get(), out(sealed), &written, in(plain), size_of(plain)));
  must(EVP_EncryptFinal_ex(context.get(), out(sealed) + written, &written));
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, gcm_tag_bytes,
                           out(sealed) + plain.size()));
  return sealed;
}

std::optional<SecretText> gcm_open(std::string_view key, std::string_view nonce,
                                   std::string_view associated, std::string_view ciphertext,
                                   std::string_view tag) {
  assert(key.size() == gcm_key_bytes && nonce.size() == gcm_nonce_bytes);
  assert(tag.size() == gcm_tag_bytes);
  const auto context = new_context();
  must(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(key), in(nonce)));
  int written = 0;
  must(EVP_DecryptUpdate(context.get(), nullptr, &written, in(associated), size_of(associated)));
  std::string expected(tag);
  must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, gcm_tag_bytes, expected.data()));
  WipedString plain;
  if (!finish(context.get(), ciphertext, plain.text())) return std::nullopt;
  return SecretText::taken_from(plain.text());
}

std::optional<SecretText> cbc_open(std::string_view key, std::string_view iv,
                                   std::string_view ciphertext) {
  assert(key.size() == cbc_key_bytes && iv.size() == cbc_block_bytes);
  const auto context = new_context();
  must(EVP_DecryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, in(key), in(iv)));
  WipedString plain;
  if (!finish(context.get(), ciphertext, plain.text())) return std::nullopt;
  return SecretText::taken_from(plain.text());
}

bool hmac_fits(std::string_view key, std::string_view text, std::string_view mac) {
  if (mac.size() != crypto_auth_hmacsha256_BYTES) return false;
  crypto_auth_hmacsha256_state state;
  unsigned char computed[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_init(&state, in(key), key.size());
  crypto_auth_hmacsha256_update(&state, in(text), text.size());
  crypto_auth_hmacsha256_final(&state, computed);
  sodium_memzero(&state, sizeof state);
  return sodium_memcmp(computed, mac.data(), sizeof computed) == 0;
}

std::optional<std::string> from_any_base64(std::string_view text) {
  WipedString plain;
  plain.text().reserve(text.size());
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    plain.text() += c == '+' ? '-' : c == '/' ? '_' : c;
  }
  std::size_t padding = 0;
  while (padding < 2 && plain.text().ends_with('=')) {
    plain.text().pop_back();
    ++padding;
  }
  if (padding > 0 && (plain.text().size() + padding) % 4 != 0) return std::nullopt;
  return from_base64url(plain.text());
}

}  // namespace nightshift::runtime::cipher
