// Reads the test vectors of docs/formats/digest.md and keys.md, and holds the code to them.
#include <sodium.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "messages/canonical.hpp"
#include "messages/crypto.hpp"
#include "tests/support/golden.hpp"

namespace nightshift {
namespace {

using nlohmann::json;

/// The vectors of one kind on a page: lines that begin with `{"vector": "KIND"`.
std::vector<json> vectors(const std::string& page, const std::string& kind) {
  std::vector<json> found;
  std::istringstream lines(tests::read_file(page));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("{\"vector\"")) continue;
    auto vector = json::parse(line);
    if (vector["vector"] == kind) found.push_back(std::move(vector));
  }
  BOOST_TEST(!found.empty(), page << " has no vector of " << kind);
  return found;
}

std::string text(const json& vector, const char* name) {
  return vector.at(name).get<std::string>();
}

std::string bytes(const json& vector, const char* name) {
  return from_base64url(text(vector, name)).value();
}

/// Ed25519 is deterministic, so the page's signature must come out again.
void check_signature(const json& vector, const char* public_key) {
  const auto seed = from_hex(text(vector, "seed")).value();
  std::string made_key(crypto_sign_PUBLICKEYBYTES, '\0');
  std::string secret(crypto_sign_SECRETKEYBYTES, '\0');
  std::string signature(crypto_sign_BYTES, '\0');
  const auto raw = [](std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); };
  auto copy = seed;
  auto signed_text = text(vector, "text");
  crypto_sign_seed_keypair(raw(made_key), raw(secret), raw(copy));
  crypto_sign_detached(raw(signature), nullptr, raw(signed_text), signed_text.size(), raw(secret));
  BOOST_TEST(made_key == bytes(vector, public_key));
  BOOST_TEST(signature == bytes(vector, "signature"));
  BOOST_TEST(verify_signature(made_key, signed_text, signature));
}

constexpr auto digest_page = "docs/formats/digest.md";
constexpr auto keys_page = "docs/formats/keys.md";

BOOST_AUTO_TEST_SUITE(format_vectors)

BOOST_AUTO_TEST_CASE(content_has_the_bytes_and_the_digest_of_the_page) {
  for (const auto& vector : vectors(digest_page, "content")) {
    Canonical content;
    for (const auto& field : vector["fields"]) {
      content.add(field[0].get<std::string>(), field[1].get<std::string>());
    }
    const auto encoded = text(vector, "content");
    BOOST_TEST(content.encode() == encoded);
    BOOST_TEST(to_hex(as_bytes(content_digest(encoded))) == text(vector, "digest"));
    const auto decoded = Canonical::decode(encoded);
    BOOST_REQUIRE(decoded.has_value());
    BOOST_TEST((decoded->fields() == content.fields()));
  }
}

BOOST_AUTO_TEST_CASE(every_other_encoding_is_corrupt) {
  for (const auto& vector : vectors(digest_page, "refused")) {
    const auto decoded = Canonical::decode(text(vector, "content"));
    BOOST_REQUIRE_MESSAGE(!decoded.has_value(), vector["why"]);
    BOOST_TEST((decoded.error().code == ErrorCode::corrupt), vector["why"]);
  }
}

BOOST_AUTO_TEST_CASE(an_approval_is_signed_over_the_text_of_the_page) {
  for (const auto& vector : vectors(digest_page, "approval")) {
    BOOST_TEST(approval_text(text(vector, "digest"), text(vector, "decision"),
                             text(vector, "nonce"), text(vector, "expiry"),
                             text(vector, "executor")) == text(vector, "text"));
    check_signature(vector, "public_key");
  }
}

BOOST_AUTO_TEST_CASE(an_enrolment_is_signed_over_the_text_of_the_page) {
  for (const auto& vector : vectors(digest_page, "enrolment")) {
    BOOST_TEST(enrolment_text(text(vector, "name"), text(vector, "public_key"),
                              text(vector, "nonce"), text(vector, "node")) == text(vector, "text"));
    check_signature(vector, "voucher_public_key");
  }
}

BOOST_AUTO_TEST_CASE(a_key_sealed_by_an_older_program_opens) {
  for (const auto& vector : vectors(keys_page, "sealed key")) {
    const auto key = SigningKey::unseal(text(vector, "sealed"), text(vector, "passphrase"));
    BOOST_REQUIRE(key.has_value());
    BOOST_TEST(key->public_key() == bytes(vector, "public_key"));
    BOOST_TEST(verify_signature(key->public_key(), "text", key->sign("text")));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
