// Seals and opens one secret.
#include "runtime/secrets/sealing.hpp"

#include <algorithm>
#include <cassert>

#include "messages/crypto.hpp"
#include "messages/ids.hpp"
#include "runtime/secrets/cipher.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::string_view family = "nightshift.sealed.";
constexpr std::string_view version = "nightshift.sealed.v1";
constexpr std::size_t overhead = cipher::gcm_nonce_bytes + cipher::gcm_tag_bytes;

/// No part can hold a line end, so no two ways to seal have the same text.
std::string associated_data(const MasterKey& key, const SealedAs& as) {
  assert(is_id(as.node) && is_id(as.zone) && is_id(as.name));
  std::string text(version);
  for (const std::string_view part : {as.zone, as.node, as.name, std::string_view(key.id())}) {
    text += '\n';
    text += part;
  }
  return text;
}

std::unexpected<Error> damaged(std::string_view name) {
  return fail(ErrorCode::corrupt,
              "the sealed secret " + std::string(name) +
                  " is damaged, or was sealed for another node, zone or name; set it again: "
                  "nightshift secret set " +
                  std::string(name),
              "sealed:" + std::string(name));
}

}  // namespace

std::string seal_with_nonce(const MasterKey& key, const SealedAs& as, const SecretText& secret,
                            std::string_view nonce) {
  std::string body(nonce);
  body += cipher::gcm_seal(key.reveal(), nonce, associated_data(key, as), secret.reveal());
  return std::string(version) + ":" + key.id() + ":" + to_base64url(body);
}

std::string seal(const MasterKey& key, const SealedAs& as, const SecretText& secret) {
  return seal_with_nonce(key, as, secret, random_bytes(cipher::gcm_nonce_bytes));
}

Result<std::string> sealing_key(std::string_view sealed, std::string_view name) {
  const auto colon = sealed.find(':');
  if (!sealed.starts_with(family) || colon == std::string_view::npos) return damaged(name);
  if (sealed.substr(0, colon) != version) {
    return fail(ErrorCode::newer_version,
                "a newer version of the program sealed the secret " + std::string(name) +
                    "; use that version, or set the secret again",
                "sealed:" + std::string(name));
  }
  const auto second = sealed.find(':', colon + 1);
  if (second == std::string_view::npos) return damaged(name);
  return std::string(sealed.substr(colon + 1, second - colon - 1));
}

Result<SecretText> unseal(const KeyRing& ring, const SealedAs& as, std::string_view sealed) {
  const auto id = sealing_key(sealed, as.name);
  if (!id) return std::unexpected(id.error());
  const auto body = from_base64url(sealed.substr(version.size() + id->size() + 2));
  if (!body || body->size() < overhead) return damaged(as.name);
  const auto key = std::ranges::find(ring, *id, &MasterKey::id);
  if (key == ring.end()) {
    return fail(ErrorCode::not_found,
                "the secret " + std::string(as.name) + " is sealed with the master key " + *id +
                    ", which is not here; let secrets.key refer to it, or set the secret again",
                "sealed:" + std::string(as.name));
  }
  const std::string_view bytes = *body;
  const auto nonce = bytes.substr(0, cipher::gcm_nonce_bytes);
  const auto tag = bytes.substr(bytes.size() - cipher::gcm_tag_bytes);
  const auto ciphertext = bytes.substr(nonce.size(), bytes.size() - overhead);
  auto secret = cipher::gcm_open(key->reveal(), nonce, associated_data(*key, as), ciphertext, tag);
  if (!secret) return damaged(as.name);
  return std::move(*secret);
}

}  // namespace nightshift::runtime
