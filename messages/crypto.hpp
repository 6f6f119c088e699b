// Hashes, signatures and text forms of bytes, by libsodium.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace nightshift {

/// SHA-256.
using Digest = std::array<std::uint8_t, 32>;
/// What makes the leaf of a withheld record unguessable.
using Salt = std::array<std::uint8_t, 16>;

/// SHA-256 over the concatenation of the parts.
Digest sha256(std::initializer_list<std::string_view> parts);
inline Digest sha256(std::string_view bytes) { return sha256({bytes}); }

/// The same over bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  /// Once, at the end.
  Digest finish();

 private:
  /// libsodium's state.
  alignas(8) std::array<std::uint8_t, 104> state_;
};

inline std::string_view as_bytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string to_hex(std::string_view bytes);
/// Nothing unless `text` is an even number of hex digits.
std::optional<std::string> from_hex(std::string_view text);
/// URL-safe alphabet, no padding (RFC 4648 section 5).
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

/// Bytes from the operating system's generator. Not for the pure part of a kind.
std::string random_bytes(std::size_t count);

/// True if `signature` (64 bytes) is that of `public_key` (32 bytes) over `text`. Ed25519.
bool verify_signature(std::string_view public_key, std::string_view text,
                      std::string_view signature);

/// An Ed25519 key pair; the secret part is wiped when it goes.
class SigningKey {
 public:
  static SigningKey generate();
  /// From the 32 bytes of `seed` (RFC 8032's private key); nothing where they are not 32.
  static std::optional<SigningKey> from_seed(std::string_view seed);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  /// 32 bytes.
  std::string public_key() const;
  /// 32 bytes that are as secret as the key; wipe them.
  std::string seed() const;
  /// 64 bytes.
  std::string sign(std::string_view text) const;

  /// Sealed by a passphrase (Argon2id, XChaCha20-Poly1305); text form, docs/formats/keys.md.
  std::string seal(std::string_view passphrase) const;
  /// `bad_signature` where the passphrase is wrong, `corrupt` where the text is not a sealed key.
  static Result<SigningKey> unseal(std::string_view sealed, std::string_view passphrase);

 private:
  SigningKey() = default;
  std::array<std::uint8_t, 64> secret_{};
};

}  // namespace nightshift
