// Signing keys at rest, sealed by a passphrase (docs/formats/keys.md).
#include <charconv>
#include <memory>
#include <new>
#include <vector>

#include "messages/crypto.hpp"
#include "messages/sodium.hpp"

namespace nightshift {
namespace {

constexpr std::string_view key_tag = "nightshift.key.v1";
// RFC 9106, section 4, second recommended set.
constexpr std::uint64_t passes = 3;
constexpr std::uint64_t memory_kib = 64 * 1024;
// What `unseal` is willing to spend on a text from elsewhere.
constexpr std::uint64_t passes_max = 16;
constexpr std::uint64_t memory_kib_max = 1024 * 1024;

constexpr std::size_t seed_bytes = crypto_sign_SEEDBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

using detail::bytes_of;

/// A few secret bytes, wiped when they go.
template <std::size_t N>
struct Secret {
  std::array<unsigned char, N> bytes{};
  ~Secret() { sodium_memzero(bytes.data(), bytes.size()); }
};

struct Sealed {
  std::string public_key;
  std::uint64_t passes = 0;
  std::uint64_t memory_kib = 0;
  std::string salt;
  std::string nonce;
  std::string box;

  /// The lines before the box: authenticated with it.
  std::string header() const {
    return std::string(key_tag) + "\npublic " + to_base64url(public_key) + "\nargon2id " +
           std::to_string(passes) + ' ' + std::to_string(memory_kib) + ' ' + to_base64url(salt) +
           '\n';
  }
  std::string text() const {
    return header() + "xchacha20poly1305 " + to_base64url(nonce) + ' ' + to_base64url(box) + '\n';
  }
};

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t end; (end = text.find_first_of(" \n")) != std::string_view::npos;) {
    words.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  words.push_back(text);
  return words;
}

std::optional<Sealed> parse(std::string_view text) {
  const auto words = split(text);
  if (words.size() != 11) return std::nullopt;
  const auto bytes = [&](std::size_t n, std::size_t size) {
    auto decoded = from_base64url(words[n]).value_or("");
    return decoded.size() == size ? decoded : std::string();
  };
  const auto number = [&](std::size_t n) {
    std::uint64_t value = 0;
    std::from_chars(words[n].data(), words[n].data() + words[n].size(), value);
    return value;
  };
  Sealed sealed{.public_key = bytes(2, crypto_sign_PUBLICKEYBYTES),
                .passes = number(4),
                .memory_kib = number(5),
                .salt = bytes(6, crypto_pwhash_SALTBYTES),
                .nonce = bytes(8, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES),
                .box = bytes(9, seed_bytes + tag_bytes)};
  // What is not written exactly so is no sealed key: this compares all words at once.
  if (sealed.text() != text) return std::nullopt;
  if (sealed.passes < crypto_pwhash_OPSLIMIT_MIN || sealed.passes > passes_max) return std::nullopt;
  if (sealed.memory_kib * 1024 < crypto_pwhash_MEMLIMIT_MIN) return std::nullopt;
  if (sealed.memory_kib > memory_kib_max) return std::nullopt;
  return sealed;
}

using SealingKey = Secret<crypto_aead_xchacha20poly1305_ietf_KEYBYTES>;

/// Throws std::bad_alloc where the memory that the text asks for is not there.
void stretch(const Sealed& sealed, std::string_view passphrase, SealingKey& key) {
  if (crypto_pwhash(key.bytes.data(), key.bytes.size(), passphrase.data(), passphrase.size(),
                    bytes_of(sealed.salt), sealed.passes, sealed.memory_kib * 1024,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw std::bad_alloc();
  }
}

}  // namespace

std::string SigningKey::seal(std::string_view passphrase) const {
  Sealed sealed{.public_key = public_key(),
                .passes = passes,
                .memory_kib = memory_kib,
                .salt = random_bytes(crypto_pwhash_SALTBYTES),
                .nonce = random_bytes(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES),
                .box = std::string(seed_bytes + tag_bytes, '\0')};
  SealingKey key;
  stretch(sealed, passphrase, key);
  Secret<seed_bytes> seed;
  crypto_sign_ed25519_sk_to_seed(seed.bytes.data(), secret_.data());
  const auto header = sealed.header();
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed.box), nullptr, seed.bytes.data(),
                                             seed.bytes.size(), bytes_of(header), header.size(),
                                             nullptr, bytes_of(sealed.nonce), key.bytes.data());
  return sealed.text();
}

Result<SigningKey> SigningKey::unseal(std::string_view sealed_text, std::string_view passphrase) {
  detail::make_sodium_ready();
  const auto sealed = parse(sealed_text);
  if (!sealed) {
    return fail(ErrorCode::corrupt,
                "this is not a sealed signing key; restore the file from a backup, or add the "
                "approver anew");
  }
  SealingKey key;
  stretch(*sealed, passphrase, key);
  Secret<seed_bytes> seed;
  const auto header = sealed->header();
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          seed.bytes.data(), nullptr, nullptr, bytes_of(sealed->box), sealed->box.size(),
          bytes_of(header), header.size(), bytes_of(sealed->nonce), key.bytes.data()) != 0) {
    return fail(ErrorCode::bad_signature,
                "the passphrase does not open this signing key; try again");
  }
  SigningKey opened;
  unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
  crypto_sign_seed_keypair(public_key, opened.secret_.data(), seed.bytes.data());
  return opened;
}

}  // namespace nightshift
