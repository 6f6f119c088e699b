// Forms and pages that servers ask for, and which replies fit.
#include "bridges/mcp/protocol/question.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using namespace bridges::mcp;
using Action = Reply::Action;

Result<Question> read(std::string_view text) {
  const auto view = JsonView::read(text);
  BOOST_TEST_REQUIRE(view.has_value(), text);
  return read_question(*view);
}

const Question& form() {
  static const auto question = *read(R"({"message":"Who?","requestedSchema":{"type":"object",
    "properties":{
      "name":{"type":"string"}, "age":{"type":"integer"}, "height":{"type":"number"},
      "well":{"type":"boolean"}, "colour":{"type":"string","enum":["red","green"]},
      "size":{"type":"string","oneOf":[{"const":"s","title":"Small"},{"const":"l","title":"L"}]},
      "days":{"type":"array","items":{"type":"string","enum":["mon","tue"]}},
      "odd":{"type":"object"}},
    "required":["name"]}})");
  return question;
}

/// What is wrong with a form filled in like this; empty where nothing is.
std::string wrong(const std::string& content) {
  const auto checked = check_reply(form(), {Action::accept, content});
  return checked ? "" : checked.error().detail;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_question)

BOOST_AUTO_TEST_CASE(a_form_takes_what_its_fields_say) {
  BOOST_TEST(wrong(R"({"name":"Jo"})") == "");
  BOOST_TEST(wrong(R"({"name":"Jo","age":3,"height":1.5,"well":true,"colour":"red","size":"l",)"
                   R"("days":["mon","tue"]})") == "");
  BOOST_TEST(wrong(R"({})") == "the form wants name as well");
  BOOST_TEST(wrong(R"({"name":"Jo","more":1})") == "the form has no field more");
  BOOST_TEST(wrong("[]") == "what was filled in is no object");
  BOOST_TEST(wrong("").starts_with("it is no JSON"));
  for (const auto* value : {R"("age":1.5)", R"("age":"3")", R"("height":"1")", R"("well":1)",
                            R"("colour":"blue")", R"("size":"Small")", R"("days":["wed"])",
                            R"("days":"mon")", R"("days":[1])", R"("odd":{})"}) {
    BOOST_TEST(wrong(R"({"name":"Jo",)" + std::string(value) + "}")
                   .starts_with("the form does not take this as "),
               value);
  }
}

BOOST_AUTO_TEST_CASE(only_an_accepted_form_has_values) {
  for (const auto action : {Action::decline, Action::cancel}) {
    BOOST_TEST(check_reply(form(), {action, ""}).has_value());
    BOOST_TEST(!check_reply(form(), {action, R"({"name":"Jo"})"}).has_value());
  }
  BOOST_TEST(reply_result(form(), {Action::accept, "{}"}) == R"({"action":"accept","content":{}})");
  BOOST_TEST(reply_result(form(), {Action::decline, ""}) == R"({"action":"decline"})");
  BOOST_TEST(reply_result(form(), {}) == R"({"action":"cancel"})");
}

BOOST_AUTO_TEST_CASE(a_page_is_one_of_the_web) {
  const auto page = read(R"({"mode":"url","message":"Sign in","url":"https://a.example/x"})");
  BOOST_TEST_REQUIRE(page.has_value());
  BOOST_TEST((page->mode == Question::Mode::page));
  BOOST_TEST(reply_result(*page, {Action::accept, ""}) == R"({"action":"accept"})");
  BOOST_TEST(!check_reply(*page, {Action::accept, "{}"}).has_value());
  for (const auto* url : {"javascript:alert(1)", "file:///etc/passwd", "https://a b", "",
                          "HTTPS:", "https://a\\u001b[0m"}) {
    BOOST_TEST(!read(R"({"mode":"url","message":"m","url":")" + std::string(url) + "\"}"), url);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_question_is_refused_with_the_reason) {
  BOOST_TEST(read("null").error().detail == "the question is no object");
  BOOST_TEST(read(R"({"requestedSchema":{}})").error().detail ==
             "message of the question must be a text");
  BOOST_TEST(read(R"({"message":"m"})").error().detail == "the question has no requestedSchema");
  BOOST_TEST(read(R"({"message":"m","requestedSchema":{}})").error().detail ==
             "the form has no fields");
  BOOST_TEST(read(R"({"message":"m","mode":"voice"})").error().detail ==
             "mode is neither form nor url");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
