// Keys and certificates of a private authority, as PEM texts. Ed25519 and X.509 by OpenSSL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/time.hpp"

namespace nightshift::runtime::cluster {

/// Whom a certificate names. It stands in the certificate's alternative name, as
/// `nightshift://ROLE/NODE`, or `nightshift-invitation://ROLE/NODE`.
struct Subject {
  std::string node;
  /// `cloud` or `local`.
  std::string role;
  /// Good for one thing: to ask the authority for a certificate.
  bool invitation = false;

  bool operator==(const Subject&) const = default;
};

struct CertificateFacts {
  Subject subject;
  /// Hex.
  std::string serial;
  Time not_before{};
  Time not_after{};
  /// Hex of SHA-256 of its public key.
  std::string key_hash;
};

struct Validity {
  Time from;
  Time to;
};

/// An authority: its certificate and the key that signs.
struct Authority {
  std::string certificate;
  std::string key;
};

/// A fresh private key.
std::string make_key();
Result<Authority> make_authority(Validity validity);
/// Asks for a certificate over the key. Error `corrupt`, if `key` is none.
Result<std::string> make_request(std::string_view key);

/// A certificate for `subject` over the key of `request`, which must be signed by that key. Errors
/// `invalid` (the request), `corrupt` (the authority).
Result<std::string> issue(const Authority& authority, const Subject& subject,
                          std::string_view request, Validity validity);

/// Error `corrupt` where it is no certificate of a node. Says nothing of who signed it.
Result<CertificateFacts> read_certificate(std::string_view certificate);
/// Hex of SHA-256 of the key of a request; `invalid`.
Result<std::string> key_hash_of(std::string_view request);

/// Is it signed by this authority, and not expired at `now`? `bad_signature`, `expired`.
Result<void> check_signed(std::string_view certificate, std::string_view authority, Time now);
/// Is this the certificate's key?
bool belongs(std::string_view key, std::string_view certificate);

/// The list of certificates that count no more. The higher `number` is the newer list.
Result<std::string> make_revocations(const Authority& authority, std::uint64_t number,
                                     const std::vector<std::string>& serials);

struct RevocationFacts {
  std::uint64_t number = 0;
  /// Hex.
  std::vector<std::string> serials;
};
/// `corrupt`, and `bad_signature` if it is not signed by this authority.
Result<RevocationFacts> read_revocations(std::string_view revocations, std::string_view authority);

}  // namespace nightshift::runtime::cluster
