// JSON read where it stands.
#include "bridges/mcp/protocol/json_view.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using namespace bridges::mcp;
using namespace std::string_literals;

JsonView view(std::string_view text) {
  const auto read = JsonView::read(text);
  BOOST_TEST_REQUIRE(read.has_value(), text);
  return *read;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_json_view)

BOOST_AUTO_TEST_CASE(what_is_no_json_is_refused) {
  for (const auto* text : {"", " ", "{", "nul", "{\"a\":}", "[1,]", "\"\xff\"", "1 2", "01",
                           "\"\\ud800\"", "{\"a\" 1}", "'a'"}) {
    BOOST_TEST(!JsonView::read(text).has_value(), text);
  }
  BOOST_TEST(JsonView::read(std::string(64, '[') + std::string(64, ']')).has_value());
  BOOST_TEST(!JsonView::read(std::string(65, '[') + std::string(65, ']')).has_value());
}

BOOST_AUTO_TEST_CASE(values_are_what_they_are_and_nothing_else) {
  BOOST_TEST(view(" true ").boolean().value());
  BOOST_TEST(!view("false").boolean().value());
  BOOST_TEST(!view("1").boolean().has_value());
  BOOST_TEST(view("-9223372036854775808").integer().value() == INT64_MIN);
  BOOST_TEST(!view("9223372036854775808").integer().has_value());
  BOOST_TEST(!view("1.0").integer().has_value());
  BOOST_TEST(!view("\"1\"").integer().has_value());
  BOOST_TEST(view("2.5e1").number().value() == 25);
  BOOST_TEST(!view("1e999").number().has_value());
  BOOST_TEST(!view("null").text().has_value());
}

BOOST_AUTO_TEST_CASE(texts_lose_their_escapes) {
  BOOST_TEST(view(R"("a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00\u0000z")").text().value() ==
             "a\"\\/\b\f\n\r\té\u00e9\U0001F600\0z"s);
}

BOOST_AUTO_TEST_CASE(members_and_elements_come_in_order_with_their_spelling) {
  std::string seen;
  for (JsonItems items(view(R"( { "a" : [1, {"x":"]}"}] , "\u0062" : 1.50 ,"":"\\\"," } )"));
       items.next();) {
    seen += items.name() + "=" + std::string(items.value().raw()) + ";";
  }
  BOOST_TEST(seen == R"(a=[1, {"x":"]}"}];b=1.50;="\\\",";)");
  seen.clear();
  for (JsonItems items(view(R"([ 1,"a" , [ ],{ } , null])")); items.next();) {
    seen += std::string(items.value().raw()) + ";";
  }
  BOOST_TEST(seen == R"(1;"a";[ ];{ };null;)");
  BOOST_TEST(!JsonItems(view("{ }")).next());
  BOOST_TEST(!JsonItems(view("3")).next());
}

BOOST_AUTO_TEST_CASE(a_name_that_stands_twice_is_refused_however_it_is_spelled) {
  BOOST_TEST(JsonObject::read(view(R"({"a":1,"b":1})"), "it").has_value());
  const auto twice = JsonObject::read(view(R"({"name":1,"b":2,"n\u0061me":3})"), "it");
  BOOST_TEST_REQUIRE(!twice.has_value());
  BOOST_TEST(twice.error().detail == "it has a member twice");
  BOOST_TEST(!JsonObject::read(view("[]"), "it").has_value());
}

BOOST_AUTO_TEST_CASE(an_object_of_too_many_members_is_refused) {
  std::string text = "{";
  for (std::size_t i = 0; i <= JsonObject::members_max; ++i) {
    text += "\"" + std::to_string(i) + "\":0,";
  }
  text.back() = '}';
  BOOST_TEST((JsonObject::read(view(text), "it").error().code == ErrorCode::too_large));
}

BOOST_AUTO_TEST_CASE(typed_members_are_there_absent_or_wrong) {
  const auto object = *JsonObject::read(view(R"({"a":"x","b":null,"c":1,"d":true})"), "it");
  BOOST_TEST(object.text("a")->value() == "x");
  BOOST_TEST(!object.text("b")->has_value());
  BOOST_TEST(!object.text("z")->has_value());
  BOOST_TEST(object.text("c").error().detail == "c of it must be a text");
  BOOST_TEST(object.boolean("d")->value());
  BOOST_TEST(!object.required_text("b").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
