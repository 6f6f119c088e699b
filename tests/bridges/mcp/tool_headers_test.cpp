// What HTTP repeats of a call, with the examples of the specification.
#include "bridges/mcp/protocol/tool_headers.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using namespace bridges::mcp;

Result<std::vector<MirroredArgument>> mirrored(std::string_view properties) {
  const auto schema = R"({"type":"object","properties":{)" + std::string(properties) + "}}";
  const auto view = JsonView::read(schema);
  BOOST_TEST_REQUIRE(view.has_value(), schema);
  return mirrored_arguments(*view);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_tool_headers)

BOOST_AUTO_TEST_CASE(values_that_could_not_stand_in_a_header_are_encoded) {
  BOOST_TEST(header_value("us-west1") == "us-west1");
  BOOST_TEST(header_value("Hello, \u4e16\u754c") == "=?base64?SGVsbG8sIOS4lueVjA==?=");
  BOOST_TEST(header_value(" padded ") == "=?base64?IHBhZGRlZCA=?=");
  BOOST_TEST(header_value("line1\nline2") == "=?base64?bGluZTEKbGluZTI=?=");
  BOOST_TEST(header_value("=?base64?literal?=") == "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=");
  BOOST_TEST(header_value("a\r\nEvil: 1") == "=?base64?YQ0KRXZpbDogMQ==?=");
}

BOOST_AUTO_TEST_CASE(arguments_are_repeated_where_the_schema_says_so) {
  const auto found =
      mirrored(R"("region":{"type":"string","x-mcp-header":"Region"},"plain":{"type":"string"},)"
               R"("deep":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"},)"
               R"("flag":{"x-mcp-header":"Flag","type":"boolean"}}})");
  BOOST_TEST_REQUIRE(found.has_value());
  const auto arguments =
      *JsonView::read(R"({"region":" x","plain":"p","deep":{"n":-42,"flag":false},"more":1})");
  const Headers wanted{
      {"Mcp-Param-Region", "=?base64?IHg=?="}, {"Mcp-Param-N", "-42"}, {"Mcp-Param-Flag", "false"}};
  BOOST_TEST((headers_of(*found, arguments) == wanted));
  for (const auto* none : {"{}", R"({"region":null,"deep":{}})", R"({"deep":3})",
                           R"({"deep":{"n":9007199254740992}})", R"({"deep":{"n":1.5}})"}) {
    BOOST_TEST(headers_of(*found, *JsonView::read(none)).empty(), none);
  }
}

BOOST_AUTO_TEST_CASE(annotations_that_cannot_be_spoil_the_tool) {
  const std::string annotated = R"({"type":"string","x-mcp-header":"A"})";
  for (const auto& properties :
       {std::string(R"("a":{"type":"string","x-mcp-header":""})"),
        std::string(R"("a":{"type":"string","x-mcp-header":"a b"})"),
        std::string(R"("a":{"type":"string","x-mcp-header":"a\r\nb"})"),
        std::string(R"("a":{"type":"string","x-mcp-header":7})"),
        std::string(R"("a":{"type":"number","x-mcp-header":"A"})"),
        std::string(R"("a":{"x-mcp-header":"A"})"),
        R"("a":)" + annotated + R"(,"b":{"type":"string","x-mcp-header":"a"})",
        R"("a":{"type":"array","items":)" + annotated + "}", R"("a":{"anyOf":[)" + annotated + "]}",
        R"("a":{"items":{"properties":{"b":)" + annotated + "}}}",
        R"("a":{"$defs":{"b":)" + annotated + "}}"}) {
    BOOST_TEST(!mirrored(properties).has_value(), properties);
  }
  BOOST_TEST(mirrored(R"("x-mcp-header":{"type":"string"})").has_value());
  BOOST_TEST(mirrored(R"("properties":)" + annotated).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
