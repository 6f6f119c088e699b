// Resources and prompts, read and asked for.
#include "bridges/mcp/protocol/documents.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using namespace bridges::mcp;

JsonText json(std::string_view text) {
  const auto view = JsonView::read(text);
  BOOST_TEST_REQUIRE(view.has_value(), text);
  return JsonText(*view);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_documents)

BOOST_AUTO_TEST_CASE(resources_and_templates_are_listed) {
  const auto text =
      json(R"({"resources":[{"uri":"a:b","name":"n","title":"T","mimeType":"x/y"}]})");
  const auto page = read_resources(text.view());
  BOOST_TEST_REQUIRE(page.has_value());
  BOOST_TEST(page->items.at(0).uri == "a:b");
  BOOST_TEST(page->items.at(0).mime_type == "x/y");
  const auto templates = json(R"({"resourceTemplates":[{"uriTemplate":"a:{b}","name":"n"}]})");
  BOOST_TEST(read_templates(templates.view())->items.at(0).uri == "a:{b}");
  BOOST_TEST(read_templates(text.view()).error().detail ==
             "the result has no array `resourceTemplates`");
  BOOST_TEST(!read_resources(json(R"({"resources":[{"name":"n"}]})").view()).has_value());
}

BOOST_AUTO_TEST_CASE(contents_are_texts_or_bytes) {
  const auto text = json(R"({"contents":[{"uri":"a","text":"t"},{"uri":"b","blob":"AA=="}]})");
  const auto contents = read_resource(text.view());
  BOOST_TEST_REQUIRE(contents.has_value());
  BOOST_TEST(contents->at(0).body == "t");
  BOOST_TEST(!contents->at(0).binary);
  BOOST_TEST(contents->at(1).binary);
  BOOST_TEST(!read_resource(json(R"({"contents":[{"uri":"a"}]})").view()).has_value());
}

BOOST_AUTO_TEST_CASE(prompts_have_arguments_and_messages) {
  const auto list =
      json(R"({"prompts":[{"name":"p","arguments":[{"name":"a","required":true},{"name":"b"}]}]})");
  const auto prompts = read_prompts(list.view());
  BOOST_TEST_REQUIRE(prompts.has_value());
  BOOST_TEST(prompts->items.at(0).arguments.at(0).required);
  BOOST_TEST(!prompts->items.at(0).arguments.at(1).required);
  const auto prompt =
      json(R"({"messages":[{"role":"user","content":{"type":"text","text":"hi"}}]})");
  BOOST_TEST(read_prompt(prompt.view())->at(0).content.raw() == R"({"type":"text","text":"hi"})");
  BOOST_TEST(!read_prompt(json(R"({"messages":[{"role":"user"}]})").view()).has_value());
}

BOOST_AUTO_TEST_CASE(params_are_json_whatever_the_texts) {
  BOOST_TEST(read_resource_params("a\"") == R"({"uri":"a\""})");
  BOOST_TEST(get_prompt_params("p", {{"a", "1"}, {"b", "\n"}}) ==
             R"({"name":"p","arguments":{"a":"1","b":"\n"}})");
  BOOST_TEST(get_prompt_params("p", {}) == R"({"name":"p","arguments":{}})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
