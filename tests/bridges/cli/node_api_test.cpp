// Asking a node: again with the same key while the outcome is unknown, and never for ever.
#include "bridges/cli/node_api.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>

#include "tests/bridges/cli/played_node.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::bridges::cli;
using namespace nightshift::bridges::cli::tests;

const std::string unavailable = R"({"code":"unavailable","status":503,"detail":"the disk"})";

NodeApi api_of(const PlayedNode& node, const CommandLine& line,
               std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  Target target;
  target.url = node.url();
  target.token = "ns_token";
  target.patience = patience;
  return NodeApi(target, line.folder());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_command_carries_token_and_a_fresh_key) {
  const PlayedNode node([](const Asked&) { return Answered{200, "{\"a\":1}"}; });
  const CommandLine line;
  auto api = api_of(node, line);
  BOOST_TEST(api.post("/v1/approval/x/propose", "{}").value().body == "{\"a\":1}");
  BOOST_TEST(api.post("/v1/approval/x/propose", "{}").has_value());
  const auto asked = node.asked();
  BOOST_TEST_REQUIRE(asked.size() == 2u);
  BOOST_TEST(asked[0].token == "Bearer ns_token");
  BOOST_TEST(asked[0].key.size() == 32u);
  BOOST_TEST(asked[0].key != asked[1].key);
}

BOOST_AUTO_TEST_CASE(an_unknown_outcome_is_asked_for_again_with_the_same_key) {
  std::atomic<int> asks = 0;
  const PlayedNode node(
      [&](const Asked&) { return ++asks < 4 ? Answered{503, unavailable} : Answered{201, "{}"}; });
  const CommandLine line;
  auto api = api_of(node, line);
  const auto answer = api.post("/v1/approval/x/propose", "{\"b\":2}");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->status == 201);
  const auto asked = node.asked();
  BOOST_TEST_REQUIRE(asked.size() == 4u);
  for (const auto& one : asked) {
    BOOST_TEST(one.key == asked[0].key);
    BOOST_TEST(one.body == "{\"b\":2}");
  }
}

BOOST_AUTO_TEST_CASE(patience_ends_and_the_key_is_told) {
  const PlayedNode node([](const Asked&) { return Answered{503, unavailable}; });
  const CommandLine line;
  auto api = api_of(node, line, std::chrono::milliseconds(200));
  const auto answer = api.post("/v1/approval/x/propose", "{}");
  BOOST_TEST_REQUIRE(!answer.has_value());
  BOOST_TEST((answer.error().code == ErrorCode::unavailable));
  const auto key = node.asked().front().key;
  BOOST_TEST(answer.error().instance == key);
  BOOST_TEST(says(answer.error().detail, "--key " + key), answer.error().detail);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_not_asked_again) {
  const PlayedNode node([](const Asked&) {
    return Answered{409, R"({"code":"wrong_phase","detail":"it is sent","instance":"approval/x"})"};
  });
  const CommandLine line;
  auto api = api_of(node, line);
  const auto answer = api.post("/v1/approval/x/propose", "{}");
  BOOST_TEST_REQUIRE(!answer.has_value());
  BOOST_TEST((answer.error().code == ErrorCode::wrong_phase));
  BOOST_TEST(answer.error().detail == "it is sent");
  BOOST_TEST(node.asked().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_that_never_answered_is_not_waited_for) {
  std::string gone;
  {
    const PlayedNode node([](const Asked&) { return Answered{}; });
    gone = node.url();
  }
  const CommandLine line;
  Target target;
  target.url = gone;
  target.token = "ns_token";
  target.patience = std::chrono::hours(1);
  NodeApi api(target, line.folder());
  const auto answer = api.get("/v1/approval/x");
  BOOST_TEST_REQUIRE(!answer.has_value());
  BOOST_TEST((answer.error().code == ErrorCode::unreachable));
  BOOST_TEST(says(answer.error().detail, "nightshift up"));
}

BOOST_AUTO_TEST_CASE(a_token_with_a_line_end_never_becomes_a_header) {
  const PlayedNode node([](const Asked&) { return Answered{}; });
  const CommandLine line;
  Target target;
  target.url = node.url();
  target.token = "ns_x\r\nX-Evil: 1";
  NodeApi api(target, line.folder());
  BOOST_TEST((api.get("/v1/approval/x").error().code == ErrorCode::unauthenticated));
  BOOST_TEST(node.asked().empty());
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_problem_document_still_is_an_error) {
  BOOST_TEST((error_of(404, "<html>").code == ErrorCode::not_found));
  BOOST_TEST((error_of(502, "").code == ErrorCode::unavailable));
  BOOST_TEST((error_of(401, "[]").code == ErrorCode::unauthenticated));
  BOOST_TEST((error_of(418, "{\"code\":7}").code == ErrorCode::invalid));
  BOOST_TEST((error_of(400, "{\"code\":\"no such code\"}").code == ErrorCode::invalid));
}

BOOST_AUTO_TEST_CASE(query_values_are_percent_encoded) {
  BOOST_TEST(query_escape("a b&c=d/é") == "a%20b%26c%3dd%2f%c3%a9");
}
