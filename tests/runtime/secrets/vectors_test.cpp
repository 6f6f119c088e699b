// Reads the test vectors of docs/formats/secrets.md, and holds the code to them.
#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "messages/crypto.hpp"
#include "runtime/secrets/foreign.hpp"
#include "runtime/secrets/import.hpp"
#include "runtime/secrets/sealing.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime;
using nlohmann::json;

std::vector<json> vectors(const std::string& kind) {
  std::vector<json> found;
  std::istringstream lines(tests::read_file("docs/formats/secrets.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("{\"vector\"")) continue;
    auto vector = json::parse(line);
    if (vector["vector"] == kind) found.push_back(std::move(vector));
  }
  BOOST_TEST_REQUIRE(!found.empty());
  return found;
}

std::string text(const json& vector, const char* name) {
  return vector.at(name).get<std::string>();
}

KeyRing ring_of(const std::string& hex) {
  KeyRing ring;
  ring.push_back(MasterKey::parse(hex).value());
  return ring;
}

/// A sealed secret of the page, and what it takes to open it.
struct Sealed {
  explicit Sealed(const json& vector)
      : ring(ring_of(text(vector, "key"))),
        node(text(vector, "node")),
        zone(text(vector, "zone")),
        name(text(vector, "name")),
        secret(text(vector, "secret")),
        sealed(text(vector, "sealed")) {}

  SealedAs as() const { return {node, zone, name}; }

  KeyRing ring;
  std::string node, zone, name, secret, sealed;
};

/// Every error of an opening must keep the secret to itself.
template <class T>
ErrorCode refused(const Result<T>& result, const std::string& secret) {
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().detail.find(secret) == std::string::npos));
  BOOST_TEST(!result.error().detail.empty());
  return result.error().code;
}

/// `bytes` in base64 with one bit changed.
std::string with_flipped_bit(const std::string& base64url, std::size_t bit) {
  auto bytes = from_base64url(base64url).value();
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  return to_base64url(bytes);
}

std::size_t bits_of(const std::string& base64url) {
  return 8 * from_base64url(base64url).value().size();
}

/// From the alphabet and padding of RFC 4648 section 4 or 5 to base64url.
std::string as_base64url(std::string base64) {
  for (char& c : base64) c = c == '+' ? '-' : c == '/' ? '_' : c;
  base64.resize(base64.find_last_not_of('=') + 1);
  return base64;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_master_key_has_the_id_of_the_page) {
  for (const auto& vector : vectors("master key")) {
    const auto bytes = from_hex(text(vector, "key")).value();
    for (const auto& form : {to_hex(bytes), to_base64url(bytes), to_base64url(bytes) + "="}) {
      BOOST_TEST(MasterKey::parse(form).value().id() == text(vector, "id"));
    }
  }
  for (const std::string wrong : {"", "00", "zz", "canary-canary-canary-canary-canary-cana"}) {
    const auto key = MasterKey::parse(wrong);
    BOOST_TEST_REQUIRE(!key.has_value());
    BOOST_TEST((key.error().code == ErrorCode::config));
    BOOST_TEST((key.error().detail.find("canary") == std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(a_secret_is_sealed_to_the_bytes_of_the_page_and_opens_again) {
  for (const auto& vector : vectors("sealed")) {
    const Sealed page(vector);
    const SecretText secret(page.secret);
    const auto nonce = from_hex(text(vector, "nonce")).value();
    BOOST_TEST(seal_with_nonce(page.ring.front(), page.as(), secret, nonce) == page.sealed);
    const auto opened = unseal(page.ring, page.as(), page.sealed);
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(opened->equals(page.secret));
    const auto fresh = seal(page.ring.front(), page.as(), secret);
    BOOST_TEST(fresh != seal(page.ring.front(), page.as(), secret));
    BOOST_TEST(unseal(page.ring, page.as(), fresh).value().equals(page.secret));
  }
}

BOOST_AUTO_TEST_CASE(a_sealed_secret_opens_as_nothing_else_and_under_no_other_key) {
  for (const auto& vector : vectors("sealed")) {
    const Sealed page(vector);
    for (const SealedAs other :
         {SealedAs{"other", page.zone, page.name}, SealedAs{page.node, "other", page.name},
          SealedAs{page.node, page.zone, "other"}, SealedAs{page.zone, page.node, page.name}}) {
      BOOST_TEST(
          (refused(unseal(page.ring, other, page.sealed), page.secret) == ErrorCode::corrupt));
    }
    const auto another = ring_of(std::string(64, 'a'));
    const auto error = unseal(another, page.as(), page.sealed);
    BOOST_TEST((refused(error, page.secret) == ErrorCode::not_found));
    BOOST_TEST((error.error().detail.find(page.ring.front().id()) != std::string::npos));
    // The other key under this key's name: as a forger would write it.
    auto renamed = page.sealed;
    renamed.replace(renamed.find(page.ring.front().id()), 16, another.front().id());
    BOOST_TEST((refused(unseal(another, page.as(), renamed), page.secret) == ErrorCode::corrupt));
  }
}

BOOST_AUTO_TEST_CASE(a_cut_or_changed_sealed_secret_never_opens) {
  for (const auto& vector : vectors("sealed")) {
    const Sealed page(vector);
    for (std::size_t size = 0; size < page.sealed.size(); ++size) {
      refused(unseal(page.ring, page.as(), page.sealed.substr(0, size)), page.secret);
    }
    const auto body = page.sealed.rfind(':') + 1;
    const auto base64 = page.sealed.substr(body);
    for (std::size_t bit = 0; bit < bits_of(base64); ++bit) {
      const auto changed = page.sealed.substr(0, body) + with_flipped_bit(base64, bit);
      BOOST_TEST(
          (refused(unseal(page.ring, page.as(), changed), page.secret) == ErrorCode::corrupt));
    }
    for (std::size_t at = 0; at < page.sealed.size(); ++at) {
      auto changed = page.sealed;
      changed[at] = changed[at] == '!' ? '?' : '!';
      refused(unseal(page.ring, page.as(), changed), page.secret);
    }
    auto newer = page.sealed;
    newer[newer.find("v1") + 1] = '2';
    BOOST_TEST(
        (refused(unseal(page.ring, page.as(), newer), page.secret) == ErrorCode::newer_version));
  }
}

BOOST_AUTO_TEST_CASE(what_the_deployer_sealed_opens_with_its_key_alone) {
  for (const auto& vector : vectors("iv tag ciphertext")) {
    const auto sealed = text(vector, "text");
    const auto plain = text(vector, "plain");
    const SecretText key(text(vector, "key"));
    BOOST_TEST(open_iv_tag_ciphertext(sealed, key).value().equals(plain));
    BOOST_TEST(open_iv_tag_ciphertext("\n " + sealed + "\r\n", key).value().equals(plain));
    const SecretText other(std::string(64, '7'));
    BOOST_TEST((refused(open_iv_tag_ciphertext(sealed, other), plain) == ErrorCode::corrupt));
    BOOST_TEST(
        (refused(open_iv_tag_ciphertext(sealed, SecretText("7")), plain) == ErrorCode::config));
    BOOST_TEST((refused(open_iv_tag_ciphertext("", key), plain) == ErrorCode::invalid));
    const auto base64 = as_base64url(sealed);
    for (std::size_t bit = 0; bit < bits_of(base64); ++bit) {
      refused(open_iv_tag_ciphertext(with_flipped_bit(base64, bit), key), plain);
    }
    for (std::size_t size = 0; size < base64.size(); ++size) {
      refused(open_iv_tag_ciphertext(base64.substr(0, size), key), plain);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_fernet_sealed_opens_with_its_key_alone) {
  for (const auto& vector : vectors("fernet")) {
    const auto token = text(vector, "token");
    const auto plain = text(vector, "plain");
    const SecretText key(text(vector, "key"));
    BOOST_TEST(open_fernet(token, key).value().equals(plain));
    BOOST_TEST(open_fernet(token + "\n", key).value().equals(plain));
    const SecretText other(to_base64url(std::string(32, 'k')) + "=");
    BOOST_TEST((refused(open_fernet(token, other), plain) == ErrorCode::corrupt));
    BOOST_TEST((refused(open_fernet(token, SecretText("k")), plain) == ErrorCode::config));
    const auto base64 = as_base64url(token);
    for (std::size_t bit = 0; bit < bits_of(base64); ++bit) {
      refused(open_fernet(with_flipped_bit(base64, bit), key), plain);
    }
    for (std::size_t size = 0; size < base64.size(); ++size) {
      refused(open_fernet(base64.substr(0, size), key), plain);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_import_knows_the_formats_by_their_look) {
  const auto fernet = vectors("fernet").front();
  const auto deployer = vectors("iv tag ciphertext").front();
  for (const auto& [vector, sealed, key] :
       {std::tuple{fernet, text(fernet, "token"), text(fernet, "key")},
        std::tuple{deployer, text(deployer, "text") + "\n", text(deployer, "key")}}) {
    const SecretText opens(key);
    const auto secrets = read_import({.text = sealed, .key = &opens, .name = {}});
    BOOST_TEST_REQUIRE(secrets.has_value());
    BOOST_TEST_REQUIRE(secrets->size() == 2u);
    for (const auto& [name, secret] : *secrets) {
      BOOST_TEST(secret.equals(name == "API_KEY" ? "k-123" : "hunter2"));
    }
    const auto whole = read_import({.text = sealed, .key = &opens, .name = "all"});
    BOOST_TEST_REQUIRE(whole.value().size() == 1u);
    BOOST_TEST((refused(read_import({.text = sealed, .name = {}}), "hunter2") == ErrorCode::usage));
  }
}
