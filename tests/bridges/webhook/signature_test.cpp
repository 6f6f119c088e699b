// The signature of Standard Webhooks: as published, and as OpenSSL makes it.
#include "bridges/webhook/signature.hpp"

#include <boost/test/unit_test.hpp>

#include "messages/crypto.hpp"
#include "tests/support/web/standard_webhooks.hpp"

namespace nightshift::bridges::webhook {
namespace {

runtime::SecretText secret(std::string_view text) { return runtime::SecretText(text); }

}  // namespace

BOOST_AUTO_TEST_CASE(the_signature_is_that_of_the_reference_libraries) {
  // The vector that the libraries of standardwebhooks.com are tested with.
  for (const auto* text :
       {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    const auto key = signing_key(secret(text));
    BOOST_TEST_REQUIRE(key.has_value());
    BOOST_TEST(key->reveal().size() == 24u);
    BOOST_TEST(
        sign(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", R"({"test": 2432232314})") ==
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }
}

BOOST_AUTO_TEST_CASE(the_signature_is_openssls_for_keys_and_payloads_of_all_lengths) {
  const std::string base64 =
      "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx"
      "MjM0NTY3ODlBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWg==";
  for (const std::string& text : {std::string("whsec_QQ=="), "whsec_" + base64}) {
    const auto key = signing_key(secret(text));
    BOOST_TEST_REQUIRE(key.has_value());
    for (const std::size_t size : {0u, 1u, 63u, 64u, 65u, 100'000u}) {
      const std::string payload(size, '\xff');
      BOOST_TEST(sign(*key, "msg_1", "1700000000", payload) ==
                 tests::expected_signature(text, "msg_1", "1700000000", payload));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_secret_of_another_form_is_refused_and_not_repeated) {
  for (const std::string text : {"", "whsec_", "whsec_QQ", "whsec_hunter2!", "whsk_QUJD"}) {
    const auto key = signing_key(secret(text));
    BOOST_TEST_REQUIRE(!key.has_value(), text);
    const std::string said(key.error().message());
    BOOST_TEST((text.size() < 8 || said.find(text.substr(6)) == said.npos), said);
  }
}

}  // namespace nightshift::bridges::webhook
