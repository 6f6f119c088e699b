// One form only, with the vectors of RFC 8785.
#include "bridges/mcp/protocol/canonical_json.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using namespace bridges::mcp;

std::string canonical(std::string_view text) {
  const auto view = JsonView::read(text);
  BOOST_TEST_REQUIRE(view.has_value(), text);
  auto out = canonical_json(*view);
  return out ? *out : "error: " + out.error().detail;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_canonical_json)

BOOST_AUTO_TEST_CASE(numbers_are_those_of_ecmascript) {
  struct Case {
    const char* given;
    const char* wanted;
  };
  // RFC 8785, appendix B, and its neighbours.
  for (const auto& [given, wanted] : {Case{"0", "0"},
                                      {"-0", "0"},
                                      {"-0.0", "0"},
                                      {"5e-324", "5e-324"},
                                      {"-1.7976931348623157e308", "-1.7976931348623157e+308"},
                                      {"9007199254740992", "9007199254740992"},
                                      {"295147905179352830000e0", "295147905179352830000"},
                                      {"9.999999999999997e22", "9.999999999999997e+22"},
                                      {"1e23", "1e+23"},
                                      {"999999999999999700000e0", "999999999999999700000"},
                                      {"1e21", "1e+21"},
                                      {"1e20", "100000000000000000000"},
                                      {"333333333.33333329", "333333333.3333333"},
                                      {"0.000001", "0.000001"},
                                      {"0.0000001", "1e-7"},
                                      {"-0.0000033333333333333333", "-0.0000033333333333333333"},
                                      {"1424953923781206.2", "1424953923781206.2"},
                                      {"1.0", "1"},
                                      {"1.50", "1.5"},
                                      {"12e2", "1200"}}) {
    BOOST_TEST(canonical(given) == wanted);
  }
}

BOOST_AUTO_TEST_CASE(whole_numbers_keep_digits_that_no_double_has) {
  BOOST_TEST(canonical("[9007199254740993,9223372036854775807,100000000000000000000001]") ==
             "[9007199254740993,9223372036854775807,100000000000000000000001]");
}

BOOST_AUTO_TEST_CASE(members_are_sorted_as_utf_16) {
  BOOST_TEST(
      canonical(R"({"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7})") ==
      "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\U0001F600\":5,\"\ufb33\":3}");
  BOOST_TEST(canonical(R"({"b":{"d":1,"c":[]},"a":{},"ab":null})") ==
             R"({"a":{},"ab":null,"b":{"c":[],"d":1}})");
}

BOOST_AUTO_TEST_CASE(texts_have_the_fewest_escapes) {
  BOOST_TEST(canonical(R"("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\u007f")") ==
             "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\x7f\"");
}

BOOST_AUTO_TEST_CASE(what_receivers_would_read_differently_is_refused) {
  BOOST_TEST(canonical(R"({"a":[{"b":1,"\u0062":2}]})") ==
             "error: the member b stands twice in an object");
  BOOST_TEST(canonical("[1e400]") == "error: no double holds the number 1e400");
}

BOOST_AUTO_TEST_CASE(the_canonical_form_is_its_own) {
  const auto once = canonical(R"({ "z" : [1.0, -0, "\u00e9\n"], "a" : {"c":true,"b":null} })");
  BOOST_TEST(canonical(once) == once);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
