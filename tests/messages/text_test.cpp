// Texts that are none, wherever they are in a message.
#include <boost/test/unit_test.hpp>

#include "messages/json.hpp"
#include "messages/text.hpp"
#include "tests/messages/sample.pb.h"

namespace nightshift {
namespace {

using tests::Sample;

const std::string garbled = "a\xff";

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(a_text_that_is_none_is_found_wherever_it_is) {
  struct Row {
    const char* instance;
    void (*spoil)(Sample&);
  };
  const Row rows[] = {
      {"text", [](Sample& s) { s.set_text(garbled); }},
      {"maybe_text", [](Sample& s) { s.set_maybe_text(garbled); }},
      {"word", [](Sample& s) { s.set_word(garbled); }},
      {"texts[1]", [](Sample& s) { s.add_texts("fine"), s.add_texts(garbled); }},
      {"child.text", [](Sample& s) { s.mutable_child()->set_text(garbled); }},
      {"children[1].child.texts[0]",
       [](Sample& s) {
         s.add_children();
         s.add_children()->mutable_child()->add_texts(garbled);
       }},
      {"labels[0].key", [](Sample& s) { (*s.mutable_labels())[garbled] = "fine"; }},
      {"labels[0].value", [](Sample& s) { (*s.mutable_labels())["fine"] = garbled; }},
      {"by_flag[0].value.text", [](Sample& s) { (*s.mutable_by_flag())[true].set_text(garbled); }},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.instance) {
      Sample sample;
      row.spoil(sample);
      for (const auto& checked : {check_text(sample), check_rules(sample)}) {
        BOOST_REQUIRE(!checked.has_value());
        BOOST_TEST((checked.error().code == ErrorCode::invalid));
        BOOST_TEST(checked.error().instance == row.instance);
      }
      BOOST_TEST(!Sample().ParseFromString(sample.SerializeAsString()), "Protobuf does not mind");
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_and_characters_of_every_length_pass) {
  Sample sample;
  sample.set_raw(garbled);
  sample.add_raws(garbled);
  sample.set_text("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  (*sample.mutable_labels())["\xC3\xA4"] = "";
  BOOST_TEST(check_text(sample).has_value());
  BOOST_TEST(check_text(Sample()).has_value());
}

BOOST_AUTO_TEST_CASE(what_others_said_becomes_text) {
  BOOST_TEST(readable("") == "");
  BOOST_TEST(readable("caf\xC3\xA9") == "caf\xC3\xA9");
  BOOST_TEST(readable("\xff"
                      "a\xC3") ==
             "\xEF\xBF\xBD"
             "a\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(a_line_has_no_control_characters) {
  BOOST_TEST(check_line("", "title").has_value());
  BOOST_TEST(check_line("café, 8 °C", "title").has_value());
  for (const std::string_view text : {"a\nb", "a\r", "\tb", "\x7F", "\x1B[31m"}) {
    const auto checked = check_line(text, "title");
    BOOST_REQUIRE(!checked.has_value());
    BOOST_TEST((checked.error().code == ErrorCode::invalid));
    BOOST_TEST(checked.error().instance == "title");
  }
  BOOST_TEST(!check_line(std::string("a\0b", 3), "title").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
