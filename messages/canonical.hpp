// The canonical bytes of what will be sent, and the texts that people sign.
// Format and test vectors: docs/formats/digest.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/crypto.hpp"
#include "messages/error.hpp"

namespace nightshift {

/// Ordered fields; names are `[a-z][a-z0-9_]*` and may repeat, values are any bytes.
/// Encoded as `nightshift.content.v1` LF, then per field `NAME SP LENGTH LF VALUE LF`.
class Canonical {
 public:
  void add(std::string_view name, std::string_view value);

  /// The first value of `name`, or nothing.
  std::optional<std::string_view> find(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

  std::string encode() const;
  /// `corrupt` unless `bytes` is exactly what `encode` makes.
  static Result<Canonical> decode(std::string_view bytes);

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// SHA-256 over `nightshift.digest.v1` LF and the canonical bytes.
Digest content_digest(std::string_view canonical_bytes);

/// The text that an approver signs (CONTRACTS.md): `nightshift.approve.v1` LF digest (hex) LF
/// decision LF nonce LF expiry or empty LF executor.
std::string approval_text(std::string_view digest_hex, std::string_view decision,
                          std::string_view nonce, std::string_view expiry,
                          std::string_view executor);

/// The text by which an approver vouches for another: `nightshift.enroll.v1` LF name LF public key
/// (base64url) LF nonce LF node.
std::string enrolment_text(std::string_view name, std::string_view public_key_base64url,
                           std::string_view nonce, std::string_view node);

}  // namespace nightshift
