// Hashes and text forms against published vectors; keys and their sealing.
#include <boost/test/unit_test.hpp>

#include "messages/crypto.hpp"

namespace nightshift {
namespace {

BOOST_AUTO_TEST_SUITE(crypto)

BOOST_AUTO_TEST_CASE(sha_256_gives_the_vectors_of_fips_180) {
  BOOST_TEST(to_hex(as_bytes(sha256(""))) ==
             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(to_hex(as_bytes(sha256("abc"))) ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST((sha256({"a", "", "bc"}) == sha256("abc")));
}

BOOST_AUTO_TEST_CASE(a_digest_of_pieces_is_that_of_the_whole) {
  const std::string text(1000, 'x');
  for (const std::size_t piece : {1, 7, 64, 999}) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += piece) hash.add(text.substr(at, piece));
    const auto same = hash;
    BOOST_TEST((hash.finish() == sha256(text)));
    BOOST_TEST((Sha256(same).finish() == sha256(text)));
  }
  BOOST_TEST((Sha256().finish() == sha256("")));
}

BOOST_AUTO_TEST_CASE(hex_is_written_small_and_read_either_way) {
  BOOST_TEST(to_hex(std::string_view("\x00\x7f\xff", 3)) == "007fff");
  BOOST_TEST((from_hex("007FfF") == std::string("\x00\x7f\xff", 3)));
  BOOST_TEST((from_hex("") == std::string()));
  for (const auto* text : {"0", "0g", "0 ", " 00", "00 ", "0x00", "-1"})
    BOOST_TEST(!from_hex(text), text);
}

BOOST_AUTO_TEST_CASE(base64url_gives_the_vectors_of_rfc_4648_without_padding) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"},
  };
  for (const auto& [bytes, text] : vectors) {
    BOOST_TEST(to_base64url(bytes) == text);
    BOOST_TEST((from_base64url(text) == std::string(bytes)), text);
  }
}

BOOST_AUTO_TEST_CASE(one_value_has_one_base64url_text) {
  for (const auto* text :
       {"Zg==", "Zg=", "Z", "Zh", "Zm9", "+_8", "-/8", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v."}) {
    BOOST_TEST(!from_base64url(text), text);
  }
}

BOOST_AUTO_TEST_CASE(only_the_characters_of_the_alphabet_are_read) {
  // libsodium alone takes 0xC1 for a letter.
  const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const bool base64url = (letters + "0123456789-_").find(c) != std::string::npos;
    const bool hex = std::string("0123456789abcdefABCDEF").find(c) != std::string::npos;
    for (const std::size_t at : {0, 1, 2, 3}) {
      auto text = std::string("0000");
      text[at] = c;
      BOOST_TEST(from_base64url(text).has_value() == base64url, "byte " << byte << " at " << at);
      BOOST_TEST(from_hex(text).has_value() == hex, "byte " << byte << " at " << at);
    }
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_differ) {
  BOOST_TEST(random_bytes(16).size() == 16u);
  BOOST_TEST(random_bytes(16) != random_bytes(16));
  BOOST_TEST(random_bytes(0).empty());
}

BOOST_AUTO_TEST_CASE(a_signature_holds_for_its_key_and_text_alone) {
  const auto key = SigningKey::generate();
  const auto signature = key.sign("text");
  BOOST_TEST(verify_signature(key.public_key(), "text", signature));
  BOOST_TEST(!verify_signature(key.public_key(), "texts", signature));
  BOOST_TEST(!verify_signature(SigningKey::generate().public_key(), "text", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    auto damaged = signature;
    damaged[i] ^= 1;
    BOOST_TEST(!verify_signature(key.public_key(), "text", damaged), "byte " << i);
  }
  BOOST_TEST(!verify_signature(key.public_key(), "text", signature.substr(1)));
  BOOST_TEST(!verify_signature(key.public_key().substr(1), "text", signature));
  BOOST_TEST(!verify_signature("", "text", ""));
}

BOOST_AUTO_TEST_CASE(a_key_of_small_order_verifies_nothing) {
  // The neutral point: with it, some verifiers accept a zero signature for any text.
  const std::string neutral = '\x01' + std::string(31, '\0');
  BOOST_TEST(!verify_signature(neutral, "text", neutral + std::string(32, '\0')));
}

BOOST_AUTO_TEST_CASE(a_moved_key_signs_as_before) {
  auto key = SigningKey::generate();
  const auto public_key = key.public_key();
  auto moved = std::move(key);
  BOOST_TEST(moved.public_key() == public_key);
  auto assigned = SigningKey::generate();
  assigned = std::move(moved);
  BOOST_TEST(verify_signature(public_key, "text", assigned.sign("text")));
}

BOOST_AUTO_TEST_CASE(a_key_comes_back_from_its_seed) {
  const auto key = SigningKey::generate();
  const auto again = SigningKey::from_seed(key.seed());
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST(again->public_key() == key.public_key());
  BOOST_TEST(again->sign("text") == key.sign("text"));
  // RFC 8032, section 7.1, test 1.
  const auto known = SigningKey::from_seed(
      *from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  BOOST_TEST(to_hex(known->public_key()) ==
             "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  for (const auto* seed : {"", "short"}) BOOST_TEST(!SigningKey::from_seed(seed).has_value());
}

BOOST_AUTO_TEST_CASE(a_sealed_key_opens_with_its_passphrase_alone) {
  const auto key = SigningKey::generate();
  const auto sealed = key.seal("open sesame");
  const auto opened = SigningKey::unseal(sealed, "open sesame");
  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST(opened->public_key() == key.public_key());
  BOOST_TEST(opened->sign("text") == key.sign("text"));
  for (const auto* passphrase : {"", "open sesam", "Open sesame", "open sesame "}) {
    const auto refused = SigningKey::unseal(sealed, passphrase);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == ErrorCode::bad_signature), passphrase);
  }
}

BOOST_AUTO_TEST_CASE(sealing_twice_gives_different_texts) {
  const auto key = SigningKey::generate();
  BOOST_TEST(key.seal("x") != key.seal("x"));
}

BOOST_AUTO_TEST_CASE(a_changed_sealed_key_does_not_open) {
  const auto sealed = SigningKey::generate().seal("x");
  // A byte in every line: tag, public key, cost, salt, nonce, box.
  for (const auto* word : {"key.v1", "public ", "argon2id 3", "65536 ", "poly1305 "}) {
    auto damaged = sealed;
    const auto at = sealed.find(word) + std::string_view(word).size();
    damaged[at] = damaged[at] == 'B' ? 'C' : 'B';
    BOOST_TEST(!SigningKey::unseal(damaged, "x").has_value(), word);
  }
  auto other_cost = sealed;
  other_cost.replace(other_cost.find("65536"), 5, "32768");
  const auto refused = SigningKey::unseal(other_cost, "x");
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::bad_signature));
}

BOOST_AUTO_TEST_CASE(what_is_no_sealed_key_is_corrupt) {
  const auto sealed = SigningKey::generate().seal("x");
  const auto with = [&](std::string_view old, std::string_view text) {
    auto changed = sealed;
    return changed.replace(changed.find(old), old.size(), text);
  };
  for (const auto& text :
       {std::string(), std::string("\n"), sealed + "\n", sealed.substr(0, sealed.size() - 1),
        sealed.substr(0, sealed.size() / 2), with("v1", "v2"), with("argon2id 3", "argon2id 03"),
        with("argon2id 3", "argon2id 0"), with("argon2id 3", "argon2id 17"),
        with("65536", "1048577"), with("65536", "7"), with("65536", "18446744073709551615"),
        with("65536", "-1"), with("public ", "public  "), with("public", "Public")}) {
    const auto refused = SigningKey::unseal(text, "x");
    BOOST_REQUIRE_MESSAGE(!refused.has_value(), text);
    BOOST_TEST((refused.error().code == ErrorCode::corrupt), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
