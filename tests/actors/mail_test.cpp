// What is written is what is read, for any text that a proposal may hold.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "actors/approval/mail_encoding.hpp"
#include "actors/approval/mail_message.hpp"
#include "tests/support/dice.hpp"

namespace nightshift::tests {
namespace {

using namespace actors;

std::string random_text(Dice& dice, bool lines) {
  static const std::vector<std::string> pieces{"a",
                                               "Zz",
                                               "0",
                                               " ",
                                               "  ",
                                               "=",
                                               "=?UTF-8?B?YQ==?=",
                                               "?=",
                                               "é",
                                               "世",
                                               "🌙",
                                               "\"",
                                               "\\",
                                               ",",
                                               ";",
                                               "<",
                                               ">",
                                               "@",
                                               "--",
                                               "=_x",
                                               ".",
                                               "From ",
                                               std::string(100, 'w')};
  static const std::vector<std::string> more{
      "\n", "\r\n", "\r", "\t", "\x01", "\n.\n", "--=_other\r\n", " \n", std::string(1000, 'l')};
  std::string text;
  for (auto n = dice.roll(30); n > 0; --n) {
    text += lines && dice.chance(40) ? dice.pick(more) : dice.pick(pieces);
  }
  return text;
}

/// Line ends as a reader has them, and none at the end.
std::string normal(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool crlf = text.substr(i).starts_with("\r\n");
    if (!crlf) result += text[i] == '\r' ? '\n' : text[i];
  }
  if (result.ends_with('\n')) result.pop_back();
  return result;
}

mail::Message random_message(Dice& dice) {
  mail::Message message{.date = mail::date_text(time_from_us(1795244400000000)),
                        .from = {.name = random_text(dice, false), .address = "a@x.org"},
                        .to = {},
                        .cc = {},
                        .subject = random_text(dice, false),
                        .id = "id@laptop.nightshift.invalid",
                        .headers = {},
                        .body = random_text(dice, true),
                        .attachments = {}};
  message.to.push_back({.name = random_text(dice, false), .address = "b@x.org"});
  message.to.push_back({.name = "", .address = "c@x.org"});
  if (dice.chance(50)) {
    message.attachments.push_back({.name = "n" + random_text(dice, false),
                                   .media_type = "text/plain",
                                   .bytes = random_text(dice, true)});
  }
  return message;
}

void check_lines(const std::string& bytes) {
  std::size_t begin = 0;
  for (auto end = bytes.find("\r\n"); end != bytes.npos; end = bytes.find("\r\n", begin)) {
    const auto line = bytes.substr(begin, end - begin);
    RC_ASSERT(line.size() <= 998u);
    RC_ASSERT(line.find_first_of(std::string("\r\n\0", 3)) == line.npos);
    begin = end + 2;
  }
  RC_ASSERT(begin == bytes.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mail_messages)

BOOST_AUTO_TEST_CASE(what_is_written_is_what_is_read) {
  const bool kept = rc::check("a message is read as it was written", [] {
    const auto seed = *rc::gen::noShrink(rc::gen::inRange<std::uint64_t>(0, UINT64_MAX));
    RC_LOG() << "seed " << seed;
    Dice dice(seed);
    const auto message = random_message(dice);
    const auto bytes = mail::write(message);
    check_lines(bytes);
    const auto reading = mail::read(bytes);
    RC_ASSERT(reading.has_value());
    RC_ASSERT(reading->subject == message.subject);
    RC_ASSERT(reading->body == normal(message.body));
    RC_ASSERT(reading->attachments == message.attachments);
    RC_ASSERT(reading->date == "Sat, 21 Nov 2026 07:00:00 +0000");
  });
  BOOST_TEST(kept, "RapidCheck's lines above name the seed");
}

BOOST_AUTO_TEST_CASE(encodings_decode_to_what_was_encoded) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Dice dice(seed);
    const auto line = random_text(dice, false);
    BOOST_TEST(mail::decode_words(mail::encode_words(line)) == line, "seed " << seed);
    const auto bytes = random_text(dice, true);
    BOOST_TEST(mail::decode_base64(mail::encode_base64(bytes)).value() == bytes, "seed " << seed);
    const auto printable = mail::encode_quoted_printable(bytes);
    BOOST_TEST(mail::decode_quoted_printable(printable).value() == bytes, "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(malformed_encodings_are_refused) {
  for (const auto* text : {"A", "AA", "AA=", "A===", "=AAA", "AA=A", "AAAA=", "A A="}) {
    BOOST_TEST(!mail::decode_base64(text).has_value(), text);
  }
  for (const auto* text : {"=", "=4", "=ZZ", "=\r"}) {
    BOOST_TEST(!mail::decode_quoted_printable(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(a_mailbox_is_exactly_one_address) {
  // clang-format off
  const std::vector<std::pair<const char*, const char*>> good{
      {"a@x.org",                      "a@x.org"},
      {"  a@x.org ",                   "a@x.org"},
      {"<a@x.org>",                    "a@x.org"},
      {"Ann Lee <a@x.org>",            "Ann Lee <a@x.org>"},
      {"\"Lee, Ann\" <a@x.org>",       "\"Lee, Ann\" <a@x.org>"},
      {"\"a \\\"b\\\"\" <a@x.org>",    "\"a \\\"b\\\"\" <a@x.org>"},
      {"Jörg <a.b+c@sub.x.org>",       "=?UTF-8?B?SsO2cmc=?= <a.b+c@sub.x.org>"},
  };
  // clang-format on
  for (const auto& [text, written] : good) {
    const auto mailbox = mail::parse_mailbox(text);
    BOOST_REQUIRE_MESSAGE(mailbox, text);
    BOOST_TEST(mail::write_mailbox(*mailbox) == written);
  }
  for (const auto* text : {"", "a", "@x.org", "a@", "a@@x.org", "a b@x.org", "a@x..org", ".a@x.org",
                           "a@x.org,b@x.org", "a@x.org b@x.org", "Ann <a@x.org> <b@x.org>",
                           "a@y.org <a@x.org>", "Ann <a@x.org", "a@x.org>", "\"Ann <a@x.org>",
                           "\"A\"n\" <a@x.org>", "Ann\r\nBcc: <a@x.org>", "a@x\u00e9.org"}) {
    BOOST_TEST(!mail::parse_mailbox(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
