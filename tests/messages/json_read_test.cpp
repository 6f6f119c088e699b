// Reading JSON: what is accepted, and every class of bad input with its code and place.
#include <boost/test/unit_test.hpp>

#include "messages/approval.pb.h"
#include "messages/json.hpp"
#include "tests/messages/sample.pb.h"

namespace nightshift {
namespace {

using tests::Sample;

Sample read(std::string_view text) {
  Sample sample;
  const auto result = from_json(text, sample);
  BOOST_REQUIRE_MESSAGE(result.has_value(), text << ": " << result.error().detail);
  return sample;
}

struct Refusal {
  std::string_view text;
  ErrorCode code;
  std::string_view instance;
  /// A piece of the sentence.
  std::string_view says;
};

void check_refused(const Refusal& expected) {
  Sample sample;
  const auto result = from_json(expected.text, sample);
  BOOST_REQUIRE_MESSAGE(!result.has_value(), expected.text);
  const auto& error = result.error();
  BOOST_TEST(info(error.code).name == info(expected.code).name, expected.text);
  BOOST_TEST(error.instance == expected.instance, expected.text);
  BOOST_TEST(error.detail.find(expected.says) != std::string::npos,
             expected.text << ": " << error.detail);
}

constexpr auto invalid = ErrorCode::invalid;
constexpr auto unknown = ErrorCode::unknown_field;

// clang-format off
constexpr Refusal wrong_types[] = {
    {R"({"text":1})",                 invalid, "text",             "wants a text, not `1`"},
    {R"({"text":true})",              invalid, "text",             "not `true`"},
    {R"({"text":["a"]})",             invalid, "text",             "not an array"},
    {R"({"text":{}})",                invalid, "text",             "not an object"},
    {R"({"flag":1})",                 invalid, "flag",             "wants `true` or `false`"},
    {R"({"flag":"true"})",            invalid, "flag",             "not the text `true`"},
    {R"({"flag":""})",                invalid, "flag",             "wants `true` or `false`"},
    {R"({"i32":"1"})",                invalid, "i32",              "not the text `1`"},
    {R"({"i32":1.5})",                invalid, "i32",              "whole number of 32 bits"},
    {R"({"i32":1.0})",                invalid, "i32",              "whole number"},
    {R"({"i32":1e3})",                invalid, "i32",              "whole number"},
    {R"({"i64":true})",               invalid, "i64",              "whole number of 64 bits"},
    {R"({"i64":""})",                 invalid, "i64",              "whole number"},
    {R"({"i64":" 1"})",               invalid, "i64",              "whole number"},
    {R"({"i64":"+1"})",               invalid, "i64",              "whole number"},
    {R"({"i64":"0x1"})",              invalid, "i64",              "whole number"},
    {R"({"i64":"1.0"})",              invalid, "i64",              "whole number"},
    {R"({"real":"1"})",               invalid, "real",             "wants a number"},
    {R"({"real":"nan"})",             invalid, "real",             "wants a number"},
    {R"({"raw":"a+b/"})",             invalid, "raw",              "base64url"},
    {R"({"raw":"YQ=="})",             invalid, "raw",              "base64url"},
    {R"({"raw":[1,2]})",              invalid, "raw",              "base64url"},
    {R"({"colour":1})",               invalid, "colour",           "one of: red, dark_blue"},
    {R"({"colour":"RED"})",           invalid, "colour",           "not the text `RED`"},
    {R"({"colour":"COLOUR_RED"})",    invalid, "colour",           "one of: red, dark_blue"},
    {R"({"colour":""})",              invalid, "colour",           "one of: red, dark_blue"},
    {R"({"at":1700000000})",          invalid, "at",               "RFC 3339"},
    {R"({"at":"tomorrow"})",          invalid, "at",               "not the text `tomorrow`"},
    {R"({"at":{"seconds":1}})",       invalid, "at",               "RFC 3339"},
    {R"({"child":[]})",               invalid, "child",            "wants an object, not an array"},
    {R"({"child":"x"})",              invalid, "child",            "wants an object"},
    {R"({"texts":"a"})",              invalid, "texts",            "wants an array"},
    {R"({"texts":{"0":"a"}})",        invalid, "texts",            "wants an array"},
    {R"({"texts":["a",null]})",       invalid, "texts[1]",         "not `null`"},
    {R"({"texts":["a",["b"]]})",      invalid, "texts[1]",         "not an array"},
    {R"({"texts":["a",{}]})",         invalid, "texts[1]",         "not an object"},
    {R"({"numbers":[1,2,"x"]})",      invalid, "numbers[2]",       "whole number"},
    {R"({"children":[{},3]})",        invalid, "children[1]",      "wants an object"},
    {R"({"labels":[]})",              invalid, "labels",           "wants an object, not an array"},
    {R"({"labels":"a"})",             invalid, "labels",           "wants an object"},
    {R"({"labels":{"k":1}})",         invalid, "labels.k",         "wants a text"},
    {R"({"labels":{"k":null}})",      invalid, "labels.k",         "not `null`"},
    {R"({"by_number":{"x":"red"}})",  invalid, "by_number.x",      "as its key"},
    {R"({"by_number":{"1":"pink"}})", invalid, "by_number.1",      "one of"},
    {R"({"by_flag":{"yes":{}}})",     invalid, "by_flag.yes",      "as its key"},
    {R"({"by_flag":{"true":{"i32":""}}})",invalid, "by_flag.true.i32", "whole number"},
};
// clang-format on

// clang-format off
constexpr Refusal out_of_range[] = {
    {R"({"i32":2147483648})",             invalid, "i32",    "32 bits"},
    {R"({"i32":-2147483649})",            invalid, "i32",    "32 bits"},
    {R"({"u32":-1})",                     invalid, "u32",    "from 0 to 4294967295"},
    {R"({"u32":4294967296})",             invalid, "u32",    "from 0 to 4294967295"},
    {R"({"i64":9223372036854775808})",    invalid, "i64",    "64 bits"},
    {R"({"i64":"9223372036854775808"})",  invalid, "i64",    "64 bits"},
    {R"({"u64":-1})",                     invalid, "u64",    "from 0 to 18446744073709551615"},
    {R"({"u64":18446744073709551616})",   invalid, "u64",    "from 0 to 18446744073709551615"},
    {R"({"u64":"18446744073709551616"})", invalid, "u64",    "from 0 to 18446744073709551615"},
    {R"({"real32":1e39})",                invalid, "real32", "wants a number"},
    {R"({"real":1e999})",                  invalid, "real",   "not a number that no double"},
    {R"({"real":-1e999})",                 invalid, "real",   "not a number that no double"},
    {R"({"real":1e-999})",                 invalid, "real",   "not a number that no double"},
    {R"({"i64":1e-999})",                  invalid, "i64",    "not a number that no double"},
};
// clang-format on

// clang-format off
constexpr Refusal names[] = {
    {R"({"texx":"a"})",                 unknown, "texx",           "nearest it has is `text`"},
    {R"({"":"a"})",                     unknown, "",               "has no field ``"},
    {R"({"maybeText":"a"})",            unknown, "maybeText",      "`maybe_text`"},
    {R"({"child":{"child":{"x":1}}})",  unknown, "child.child.x",  "has no field `x`"},
    {R"({"children":[{},{"x":1}]})",    unknown, "children[1].x",  "has no field `x`"},
    {R"({"by_flag":{"true":{"x":1}}})", unknown, "by_flag.true.x", "has no field `x`"},
    {R"({"text":"a","text":"a"})",      invalid, "text",           "given twice"},
    {R"({"text":null,"text":"a"})",     invalid, "text",           "given twice"},
    {R"({"te\u0078t":"a","text":"b"})", invalid, "text",           "given twice"},
    {R"({"child":{"i32":1,"i32":1}})",  invalid, "child.i32",      "given twice"},
    {R"({"labels":{"a":"1","a":"2"}})", invalid, "labels.a",       "given twice"},
    {R"({"word":"a","number":1})",      invalid, "number",         "cannot stand beside `word`"},
    {R"({"child":{"other":{},"word":""}})",invalid, "child.word",     "beside `other`"},
};
// clang-format on

// clang-format off
constexpr Refusal not_json[] = {
    {" ",                           invalid, "",         "a JSON object is wanted"},
    {"null",                        invalid, "",         "a JSON object is wanted"},
    {"[]",                          invalid, "",         "a JSON object is wanted"},
    {"1",                           invalid, "",         "a JSON object is wanted"},
    {"\"text\"",                    invalid, "",         "a JSON object is wanted"},
    {"{",                           invalid, "",         "stops being JSON"},
    {"}",                           invalid, "",         "a JSON object is wanted"},
    {R"({"text")",                  invalid, "text",     "stops being JSON"},
    {R"({"text":})",                invalid, "text",     "stops being JSON"},
    {R"({"text":"a)",               invalid, "text",     "stops being JSON"},
    {R"({"text":"a",})",            invalid, "",         "stops being JSON"},
    {R"({"texts":["a",]})",         invalid, "texts[1]", "stops being JSON"},
    {R"({"texts":["a"})",           invalid, "texts[0]", "stops being JSON"},
    {R"({text:"a"})",               invalid, "",         "stops being JSON"},
    {R"({'text':'a'})",             invalid, "",         "stops being JSON"},
    {R"({"text":a})",               invalid, "text",     "stops being JSON"},
    {R"({"flag":True})",            invalid, "flag",     "stops being JSON"},
    {R"({"real":NaN})",             invalid, "real",     "stops being JSON"},
    {R"({"i32":01})",               invalid, "",         "stops being JSON"},
    {R"({"i32":+1})",               invalid, "i32",      "stops being JSON"},
    {R"({"i32":0x1})",              invalid, "",         "stops being JSON"},
    {R"({"real":.5})",              invalid, "real",     "stops being JSON"},
    {R"({"real":1.})",              invalid, "real",     "stops being JSON"},
    {R"({"i32":-})",                invalid, "i32",      "stops being JSON"},
    {"{} {}",                       invalid, "",         "stops being JSON"},
    {"{}x",                         invalid, "",         "stops being JSON"},
    {"{}//",                        invalid, "",         "stops being JSON"},
    {"{/**/}",                      invalid, "",         "stops being JSON"},
    {R"({"text":"\x"})",            invalid, "text",     "stops being JSON"},
    {R"({"text":"\u12"})",          invalid, "text",     "stops being JSON"},
    {R"({"text":"\ud800"})",        invalid, "text",     "stops being JSON"},
    {R"({"text":"\udc00"})",        invalid, "text",     "stops being JSON"},
    {"{\"text\":\"a\nb\"}",         invalid, "text",     "stops being JSON"},
    {"{\"text\":\"\x1F\"}",         invalid, "text",     "stops being JSON"},
    {"{\"text\":\"\xFF\"}",         invalid, "",         "stops being UTF-8 after 9 bytes"},
    {"{\"text\":\"\xC0\x80\"}",     invalid, "",         "stops being UTF-8 after 9 bytes"},
    {"{\"text\":\"\xED\xA0\x80\"}", invalid, "",         "stops being UTF-8 after 9 bytes"},
    {{"{}\0", 3},                   invalid, "",         "stops being JSON after 2 bytes"},
    {{"{}\0{}", 5},                 invalid, "",         "stops being JSON after 2 bytes"},
    {"\xEF\xBB\xBF{}",              invalid, "",         "a JSON object is wanted"},
    {R"({"i32":1 2})",              invalid, "",         "stops being JSON after 9 bytes"},
    {R"({"text" "a"})",             invalid, "text",     "stops being JSON after 8 bytes"},
    {R"({"flag":tru})",             invalid, "flag",     "stops being JSON"},
    {R"({"flag":nul})",             invalid, "flag",     "stops being JSON"},
    {R"({"text":"\ud83dx"})",       invalid, "text",     "stops being JSON"},
    {R"({"text":"\ud83d\u0041"})",  invalid, "text",     "stops being JSON"},
};
// clang-format on
// clang-format on

std::string nested(int depth) {
  std::string text;
  for (int i = 1; i < depth; ++i) text += R"({"child":)";
  text += "{}";
  return text.append(depth - 1, '}');
}

BOOST_AUTO_TEST_SUITE(json_read)

BOOST_AUTO_TEST_CASE(values_of_every_type_are_read) {
  const auto sample = read(R"({"i32":-2147483648,"i64":-9223372036854775808,"u32":4294967295,
    "u64":18446744073709551615,"real":-1.5e-3,"real32":3,"flag":true,"text":"\u00e4\n\ud83d\ude00",
    "raw":"AP8","colour":"dark_blue","light":"broken","at":"2026-11-21T08:00:00+01:00",
    "child":{"text":"x"},"maybe_number":0,"other":{},"numbers":[1,"2"],"texts":[],
    "children":[{},{"i32":1}],"times":["1970-01-01T00:00:00.000001Z"],"labels":{"a":"b","":""},
    "by_number":{"-1":"red"},"by_flag":{"true":{"i32":7}}})");
  BOOST_TEST(sample.i32() == INT32_MIN);
  BOOST_TEST(sample.i64() == INT64_MIN);
  BOOST_TEST(sample.u32() == UINT32_MAX);
  BOOST_TEST(sample.u64() == UINT64_MAX);
  BOOST_TEST(sample.real() == -1.5e-3);
  BOOST_TEST(sample.real32() == 3.0f);
  BOOST_TEST(sample.flag());
  BOOST_TEST(sample.text() == "\xC3\xA4\n\xF0\x9F\x98\x80");
  BOOST_TEST(sample.raw() == std::string("\x00\xFF", 2));
  BOOST_TEST(sample.colour() == tests::COLOUR_DARK_BLUE);
  BOOST_TEST(sample.light() == Sample::BROKEN);
  BOOST_TEST(sample.at().seconds() == 1795244400);
  BOOST_TEST(sample.child().text() == "x");
  BOOST_TEST((sample.has_maybe_number() && sample.maybe_number() == 0));
  BOOST_TEST(!sample.has_maybe_text());
  BOOST_TEST(sample.has_other());
  BOOST_TEST((sample.numbers_size() == 2 && sample.numbers(1) == 2));
  BOOST_TEST((sample.children_size() == 2 && sample.children(1).i32() == 1));
  BOOST_TEST(sample.times(0).nanos() == 1000);
  BOOST_TEST((sample.labels().at("a") == "b" && sample.labels().at("").empty()));
  BOOST_TEST(sample.by_number().at(-1) == tests::COLOUR_RED);
  BOOST_TEST(sample.by_flag().at(true).i32() == 7);
}

BOOST_AUTO_TEST_CASE(wide_numbers_are_exact_as_numbers_and_as_text) {
  for (const auto* text : {"9007199254740993", "\"9007199254740993\""}) {
    const auto sample = read(std::string(R"({"i64":)") + text + R"(,"u64":)" + text + '}');
    BOOST_TEST(sample.i64() == 9007199254740993);
    BOOST_TEST(sample.u64() == 9007199254740993u);
  }
}

BOOST_AUTO_TEST_CASE(nothing_and_white_space_around_an_object_are_an_object) {
  for (const auto* text : {"", "{}", " \t\r\n{ } \n"}) {
    BOOST_TEST(read(text).SerializeAsString().empty(), text);
  }
}

BOOST_AUTO_TEST_CASE(null_is_absence) {
  const auto sample = read(R"({"text":null,"child":null,"maybe_text":null,"texts":null,
    "labels":null,"colour":null,"at":null,"word":null,"number":1})");
  BOOST_TEST(sample.has_number());
  BOOST_TEST(sample.ByteSizeLong() == 3u);  // number alone
}

BOOST_AUTO_TEST_CASE(a_value_of_the_wrong_type_is_invalid) {
  for (const auto& refusal : wrong_types) check_refused(refusal);
}

BOOST_AUTO_TEST_CASE(a_number_out_of_range_is_invalid) {
  for (const auto& refusal : out_of_range) check_refused(refusal);
}

BOOST_AUTO_TEST_CASE(names_are_known_and_given_once) {
  for (const auto& refusal : names) check_refused(refusal);
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_invalid) {
  for (const auto& refusal : not_json) check_refused(refusal);
}

BOOST_AUTO_TEST_CASE(depth_64_is_read_and_65_is_refused) {
  Sample sample;
  BOOST_TEST(from_json(nested(json_depth_max), sample).has_value());
  const auto refused = from_json(nested(json_depth_max + 1), sample);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == invalid));
  BOOST_TEST(refused.error().detail.find("deeper than 64") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_million_brackets_are_refused_without_harm) {
  check_refused({std::string(1'000'000, '['), invalid, "", "object is wanted"});
  Sample sample;
  BOOST_TEST(!from_json(R"({"texts":)" + std::string(1'000'000, '['), sample).has_value());
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"child":)";
  BOOST_TEST(!from_json(objects, sample).has_value());
}

BOOST_AUTO_TEST_CASE(a_hostile_name_is_cut_in_the_error) {
  std::string name;
  for (int i = 0; i < 1000; ++i) name += "\xF0\x9F\x98\x80";
  Sample sample;
  const auto refused = from_json("{\"" + name + "\":1}", sample);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == unknown));
  BOOST_TEST(refused.error().instance.size() == 80u);
  BOOST_TEST(refused.error().detail.size() < 200u);
}

BOOST_AUTO_TEST_CASE(a_command_without_fields_says_so) {
  approval::Retry retry;
  const auto refused = from_json(R"({"reason":"x"})", retry);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().detail ==
             "`Retry` has no field `reason`: it takes none; leave it out");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
