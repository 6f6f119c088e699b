// Writing JSON: every type, presence, escapes, and numbers that readers keep as doubles.
#include <boost/test/unit_test.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "messages/approval.pb.h"
#include "messages/json.hpp"
#include "messages/record.pb.h"
#include "tests/messages/sample.pb.h"

namespace nightshift {
namespace {

using tests::Sample;

/// What is written of one field, as text.
std::string member(const Sample& sample, const std::string& name) {
  const auto written = nlohmann::json::parse(to_json(sample));
  return written.contains(name) ? written[name].dump() : "absent";
}

std::string string_of(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

BOOST_AUTO_TEST_SUITE(json_write)

BOOST_AUTO_TEST_CASE(an_empty_message_shows_its_defaults_but_no_sub_message) {
  BOOST_TEST(to_json(tests::Empty()) == "{}");
  BOOST_TEST(to_json(approval::Resolve()) == R"({"outcome":"unspecified","evidence":""})");
  BOOST_TEST(
      to_json(Sample()) ==
      R"({"i32":0,"i64":0,"u32":0,"u64":0,"real":0,"real32":0,"flag":false,"text":"","raw":"",)"
      R"("colour":"unspecified","light":"unspecified","numbers":[],"texts":[],"raws":[],)"
      R"("colours":[],"children":[],"times":[],"flags":[],"reals":[],"labels":{},"by_number":{},)"
      R"("by_flag":{}})");
}

BOOST_AUTO_TEST_CASE(what_has_presence_is_shown_when_it_is_there) {
  Sample sample;
  sample.set_maybe_number(0);
  sample.set_maybe_text("");
  sample.mutable_child();
  sample.set_word("");
  BOOST_TEST(member(sample, "maybe_number") == "0");
  BOOST_TEST(member(sample, "maybe_text") == "\"\"");
  BOOST_TEST(member(sample, "maybe_flag") == "absent");
  BOOST_TEST(member(sample, "child") != "absent");
  BOOST_TEST(member(sample, "word") == "\"\"");
  BOOST_TEST(member(sample, "number") == "absent");
}

BOOST_AUTO_TEST_CASE(numbers_beyond_53_bits_are_text) {
  constexpr std::int64_t edge = (std::int64_t{1} << 53) - 1;
  const std::pair<std::int64_t, const char*> signed_numbers[] = {
      {edge, "9007199254740991"},
      {edge + 1, "\"9007199254740992\""},
      {-edge, "-9007199254740991"},
      {-edge - 1, "\"-9007199254740992\""},
      {INT64_MIN, "\"-9223372036854775808\""},
      {INT64_MAX, "\"9223372036854775807\""},
  };
  for (const auto& [number, text] : signed_numbers) {
    Sample sample;
    sample.set_i64(number);
    BOOST_TEST(member(sample, "i64") == text);
  }
  Sample sample;
  sample.set_u64(UINT64_MAX);
  sample.set_u32(UINT32_MAX);
  sample.set_i32(INT32_MIN);
  BOOST_TEST(member(sample, "u64") == "\"18446744073709551615\"");
  BOOST_TEST(member(sample, "u32") == "4294967295");
  BOOST_TEST(member(sample, "i32") == "-2147483648");
}

BOOST_AUTO_TEST_CASE(reals_are_the_shortest_that_read_back_the_same) {
  Sample sample;
  sample.set_real(0.1);
  sample.set_real32(0.1f);
  BOOST_TEST(to_json(sample).find(R"("real":0.1,"real32":0.1,)") != std::string::npos);
  sample.set_real(-0.0);
  BOOST_TEST(member(sample, "real") == "-0.0");
  sample.set_real(std::numeric_limits<double>::infinity());
  sample.set_real32(std::numeric_limits<float>::quiet_NaN());
  BOOST_TEST(member(sample, "real") == "\"Infinity\"");
  BOOST_TEST(member(sample, "real32") == "\"NaN\"");
  sample.set_real(-std::numeric_limits<double>::infinity());
  BOOST_TEST(member(sample, "real") == "\"-Infinity\"");
}

BOOST_AUTO_TEST_CASE(texts_times_bytes_and_words_have_their_forms) {
  Sample sample;
  sample.set_raw("\xFB\xFF\x01");
  sample.set_colour(tests::COLOUR_DARK_BLUE);
  sample.set_light(Sample::BROKEN);
  sample.mutable_at()->set_seconds(1795244400);
  BOOST_TEST(member(sample, "raw") == "\"-_8B\"");
  BOOST_TEST(member(sample, "colour") == "\"dark_blue\"");
  BOOST_TEST(member(sample, "light") == "\"broken\"");
  BOOST_TEST(member(sample, "at") == "\"2026-11-21T07:00:00Z\"");
  sample.set_colour(static_cast<tests::Colour>(77));
  BOOST_TEST(member(sample, "colour") == "77");
}

BOOST_AUTO_TEST_CASE(lists_keep_their_order_and_maps_are_sorted) {
  Sample sample;
  for (const auto* text : {"b", "a", "c"}) {
    sample.add_texts(text);
    (*sample.mutable_labels())[text] = text;
  }
  (*sample.mutable_by_number())[-5] = tests::COLOUR_RED;
  (*sample.mutable_by_flag())[true].set_i32(1);
  const auto written = to_json(sample);
  BOOST_TEST(written.find(R"("texts":["b","a","c"])") != std::string::npos);
  BOOST_TEST(written.find(R"("labels":{"a":"a","b":"b","c":"c"})") != std::string::npos);
  BOOST_TEST(member(sample, "by_number") == R"({"-5":"red"})");
  BOOST_TEST(written.find(R"("by_flag":{"true":{"i32":1,)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_control_quote_and_backslash_is_escaped_wherever_it_stands) {
  for (int c = 0; c < 0x80; ++c) {
    for (const std::size_t before : {0, 1, 7, 8, 9, 15, 16, 40}) {
      const auto text = std::string(before, 'x') + static_cast<char>(c) + std::string(9, 'y');
      const auto written = string_of(text);
      BOOST_TEST(nlohmann::json::parse(written).get<std::string>() == text, "character " << c);
      for (const unsigned char byte : written) BOOST_TEST(byte >= 0x20);
    }
  }
  BOOST_TEST(string_of("\"\\\n\r\t\x01") == R"("\"\\\n\r\t\u0001")");
  BOOST_TEST(string_of("/\x7F") == "\"/\x7F\"");
}

BOOST_AUTO_TEST_CASE(what_is_not_utf_8_is_replaced_so_that_json_stays_json) {
  BOOST_TEST(string_of("\xC3\xA4\xF0\x9F\x98\x80") == "\"\xC3\xA4\xF0\x9F\x98\x80\"");
  BOOST_TEST(string_of("a\xFF"
                       "b") ==
             "\"a\xEF\xBF\xBD"
             "b\"");
  BOOST_TEST(string_of("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  BOOST_TEST(string_of("12345678\xC3") == "\"12345678\xEF\xBF\xBD\"");
}

BOOST_AUTO_TEST_CASE(the_word_of_an_enum_value_is_small_and_without_its_prefix) {
  const auto word = [](const google::protobuf::EnumDescriptor* type, int number) {
    return enum_word(*type->FindValueByNumber(number));
  };
  BOOST_TEST(word(approval::Category_descriptor(), approval::CATEGORY_LINKEDIN) == "linkedin");
  BOOST_TEST(word(approval::Resolve::Outcome_descriptor(), approval::Resolve::OUTCOME_COMMITTED) ==
             "committed");
  BOOST_TEST(word(EffectState_descriptor(), EFFECT_STATE_FAILED_BEFORE_EFFECT) ==
             "failed_before_effect");
  BOOST_TEST(word(Sample::LightState_descriptor(), Sample::BROKEN) == "broken");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
