// `field=value` of a command line.
#include <boost/test/unit_test.hpp>

#include "messages/approval.pb.h"
#include "messages/json.hpp"
#include "tests/messages/sample.pb.h"

namespace nightshift {
namespace {

using tests::Sample;

struct Assignment {
  const char* name;
  const char* value;
};

Result<Sample> set_all(std::initializer_list<Assignment> assignments) {
  Sample sample;
  for (const auto& [name, value] : assignments) {
    if (auto set = set_field(sample, name, value); !set) return std::unexpected(set.error());
  }
  return sample;
}

void check_refused(std::initializer_list<Assignment> assignments, ErrorCode code,
                   std::string_view instance, std::string_view says) {
  const auto sample = set_all(assignments);
  BOOST_REQUIRE_MESSAGE(!sample.has_value(), instance);
  BOOST_TEST(info(sample.error().code).name == info(code).name, instance);
  BOOST_TEST(sample.error().instance == instance);
  BOOST_TEST(sample.error().detail.find(says) != std::string::npos, sample.error().detail);
}

BOOST_AUTO_TEST_SUITE(json_field)

BOOST_AUTO_TEST_CASE(values_of_every_type_are_set) {
  const auto set = set_all({{"i32", "-1"},
                            {"i64", "-9223372036854775808"},
                            {"u32", "4294967295"},
                            {"u64", "18446744073709551615"},
                            {"real", "1e3"},
                            {"flag", "true"},
                            {"text", "1 = {one}"},
                            {"raw", "AP8"},
                            {"colour", "dark_blue"},
                            {"at", "2026-11-21T07:00:00Z"},
                            {"maybe_text", ""},
                            {"texts", "a"},
                            {"texts", "b,c"},
                            {"child.child.text", "deep"},
                            {"child.texts", "x"},
                            {"other.number", "7"},
                            {"labels.a.b", "c"},
                            {"by_flag.true", R"({"i32":1})"},
                            {"children", R"({"text":"x"})"},
                            {"children", "{}"}});
  BOOST_REQUIRE_MESSAGE(set.has_value(), set.error().detail);
  Sample wanted;
  BOOST_REQUIRE(from_json(R"({"i32":-1,"i64":-9223372036854775808,"u32":4294967295,
    "u64":18446744073709551615,"real":1000,"flag":true,"text":"1 = {one}","raw":"AP8",
    "colour":"dark_blue","at":"2026-11-21T07:00:00Z","maybe_text":"","texts":["a","b,c"],
    "child":{"child":{"text":"deep"},"texts":["x"]},"other":{"number":7},"labels":{"a.b":"c"},
    "by_flag":{"true":{"i32":1}},"children":[{"text":"x"},{}]})",
                          wanted)
                    .has_value());
  BOOST_TEST(to_json(*set) == to_json(wanted));
}

BOOST_AUTO_TEST_CASE(bad_assignments_name_the_field_and_what_it_wants) {
  constexpr auto invalid = ErrorCode::invalid;
  constexpr auto unknown = ErrorCode::unknown_field;
  check_refused({{"texx", "a"}}, unknown, "texx", "`text`");
  check_refused({{"", "a"}}, unknown, "", "has no field");
  check_refused({{"child.texx", "a"}}, unknown, "child.texx", "`text`");
  check_refused({{"child.", "a"}}, unknown, "child.", "has no field ``");
  check_refused({{"i32", "x"}}, invalid, "i32", "whole number of 32 bits, not the text `x`");
  check_refused({{"i32", ""}}, invalid, "i32", "whole number");
  check_refused({{"i32", "1 "}}, invalid, "i32", "whole number");
  check_refused({{"i32", "2147483648"}}, invalid, "i32", "32 bits");
  check_refused({{"real", "1e999"}}, invalid, "real", "a number");
  check_refused({{"flag", "yes"}}, invalid, "flag", "`true` or `false`");
  check_refused({{"flag", ""}}, invalid, "flag", "`true` or `false`");
  check_refused({{"colour", "pink"}}, invalid, "colour", "one of: red, dark_blue");
  check_refused({{"at", "noon"}}, invalid, "at", "RFC 3339");
  check_refused({{"at.seconds", "1"}}, invalid, "at.seconds", "no fields of its own");
  check_refused({{"text.x", "1"}}, invalid, "text.x", "no fields of its own");
  check_refused({{"children.text", "1"}}, invalid, "children.text", "no fields of its own");
  check_refused({{"child", "x"}}, invalid, "child", "object is wanted");
  check_refused({{"child", ""}}, invalid, "child", "object is wanted");
  check_refused({{"child", R"({"texx":1})"}}, unknown, "child.texx", "`text`");
  check_refused({{"labels", "a"}}, invalid, "labels", "labels.KEY=VALUE");
  check_refused({{"by_number.x", "red"}}, invalid, "by_number.x", "as its key");
  check_refused({{"text", "\xFF"}}, invalid, "text", "not UTF-8");
}

BOOST_AUTO_TEST_CASE(a_single_field_is_given_once_and_members_exclude_each_other) {
  constexpr auto invalid = ErrorCode::invalid;
  check_refused({{"text", "a"}, {"text", "b"}}, invalid, "text", "given twice");
  check_refused({{"child", "{}"}, {"child", "{}"}}, invalid, "child", "given twice");
  check_refused({{"word", "a"}, {"number", "1"}}, invalid, "number", "cannot stand beside `word`");
  check_refused({{"word", "a"}, {"other.text", "1"}}, invalid, "other.text", "beside `word`");
}

BOOST_AUTO_TEST_CASE(an_unknown_name_leaves_no_bytes_of_a_hostile_length_in_the_error) {
  Sample sample;
  const auto refused = set_field(sample, std::string(100'000, 'x'), "1");
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().instance.size() <= 200u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
