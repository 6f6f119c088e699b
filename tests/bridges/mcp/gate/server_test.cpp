// Versions, sessions, and what the tools do.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/mcp/gate/gate.hpp"

namespace nightshift::bridges::mcp {
namespace {

std::string request(const std::string& method, const std::string& params = "{}") {
  return R"({"jsonrpc":"2.0","id":"a","method":")" + method + R"(","params":)" + params + "}";
}

const std::string stateless_meta =
    R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"})";

const std::string offer =
    R"({"title":"Offer","category":"email","to":["bob@example.org"],"body":"Dear Bob",)"
    R"("action":{"permission":{"tool":"Send","input":"{}"}},"key":"k1"})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mcp_server, Gate)

BOOST_AUTO_TEST_CASE(a_session_speaks_the_version_that_was_asked_for_if_it_is_known) {
  for (const auto& [wanted, spoken] :
       {std::pair{"2025-11-25", "2025-11-25"}, std::pair{"2025-06-18", "2025-06-18"},
        std::pair{"1999-01-01", "2025-11-25"}, std::pair{"2026-07-28", "2025-11-25"}}) {
    const auto answer =
        post({}, request("initialize", R"({"protocolVersion":")" + std::string(wanted) + "\"}"));
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(at(answer.body, {"id"}) == "a");
    BOOST_TEST(at(answer.body, {"result", "protocolVersion"}) == spoken);
    BOOST_TEST(at(answer.body, {"result", "serverInfo", "name"}) == "nightshift");
    BOOST_TEST(answer.fields.front().first == "Mcp-Session-Id");
  }
}

BOOST_AUTO_TEST_CASE(the_era_without_sessions_says_everything_in_each_request) {
  Agent agent{.version = "2026-07-28"};
  auto answer = post(agent, request("server/discover", "{" + stateless_meta + "}"));
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(at(answer.body, {"result", "supportedVersions"}).starts_with(R"(["2026-07-28")"));
  BOOST_TEST(at(answer.body, {"result", "resultType"}) == "complete");
  answer = post(agent, request("tools/list", "{" + stateless_meta + "}"));
  BOOST_TEST(at(answer.body, {"result", "resultType"}) == "complete");
  BOOST_TEST(at(answer.body, {"result", "tools"}).contains("permission_prompt"));
  // The header says one thing, the message another.
  agent.version = "2025-11-25";
  answer = post(agent, request("tools/list", "{" + stateless_meta + "}"));
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(at(answer.body, {"error", "code"}) == "-32020");
  agent.version = "1999-01-01";
  answer = post(agent, request("tools/list"));
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(at(answer.body, {"error", "code"}) == "-32022");
  BOOST_TEST(at(answer.body, {"error", "data", "requested"}) == "1999-01-01");
}

BOOST_AUTO_TEST_CASE(without_session_and_version_nothing_but_an_opening_is_answered) {
  const auto answer = post({}, request("tools/list"));
  BOOST_TEST(answer.status == 400);
  BOOST_TEST(at(answer.body, {"error", "data", "supported"}).contains("2025-11-25"));
}

BOOST_AUTO_TEST_CASE(what_clients_ask_unasked_has_an_answer_and_the_unknown_an_error) {
  const auto agent = open();
  BOOST_TEST(at(post(agent, request("ping")).body, {"result"}) == "{}");
  BOOST_TEST(at(post(agent, request("prompts/list")).body, {"result"}) == R"({"prompts":[]})");
  BOOST_TEST(at(post(agent, request("resources/list")).body, {"result"}) == R"({"resources":[]})");
  BOOST_TEST(at(post(agent, request("no/such")).body, {"error", "code"}) == "-32601");
  BOOST_TEST(at(post(agent, request("tools/call", R"({"name":"nothing"})")).body,
                {"error", "code"}) == "-32602");
  const auto noted = post(agent, R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  BOOST_TEST(noted.status == 202);
  BOOST_TEST(noted.body.empty());
}

BOOST_AUTO_TEST_CASE(a_proposal_is_there_once_however_often_it_is_made_with_one_key) {
  const auto agent = open();
  const auto first = call(agent, "propose", offer);
  const auto id = at(first, {"structuredContent", "id"});
  BOOST_TEST(at(first, {"structuredContent", "status"}) == "pending");
  BOOST_TEST(at(call(agent, "propose", offer), {"structuredContent", "id"}) == id);
  BOOST_TEST(approvals("pending") == std::vector<std::string>{id},
             boost::test_tools::per_element());
  // The same key for something else is refused, and another agent's key is another word.
  auto other = offer;
  other.replace(other.find("Dear Bob"), 8, "Dear Eve");
  BOOST_TEST(at(call(agent, "propose", other), {"isError"}) == "true");
  BOOST_TEST(at(call(open({.name = "other"}), "propose", offer), {"structuredContent", "id"}) !=
             id);
  restart();
  BOOST_TEST(at(call(open(), "propose", offer), {"structuredContent", "id"}) == id);
}

BOOST_AUTO_TEST_CASE(a_bad_proposal_says_what_is_wrong_with_which_field) {
  const auto result = call(open(), "propose", R"({"title":"t","category":"email","bdy":"x"})");
  BOOST_TEST(at(result, {"isError"}) == "true");
  BOOST_TEST(at(result, {"structuredContent", "code"}) == "unknown_field");
  BOOST_TEST(result.contains("body"), result);
}

BOOST_AUTO_TEST_CASE(waiting_ends_with_the_decision_and_at_the_patience) {
  auto agent = open();
  const auto id = at(call(agent, "propose", offer), {"structuredContent", "id"});
  auto result = call(agent, "wait", R"({"seconds":0,"id":")" + id + "\"}");
  BOOST_TEST(at(result, {"structuredContent", "status"}) == "pending");
  BOOST_TEST(at(result, {"_meta", "nightshift/pending"}) == id);
  auto waiting = begin_call(agent, "wait", R"({"id":")" + id + "\"}");
  BOOST_TEST((waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout));
  approve(id);
  const auto told = waiting.get();
  BOOST_TEST(at(told.body, {"result", "structuredContent", "status"}) == "sent");
  BOOST_TEST(at(told.body, {"result", "_meta"}) == "");
}

BOOST_AUTO_TEST_CASE(an_agent_reads_what_is_its_own_and_no_more) {
  const auto agent = open();
  const auto other = open({.name = "other"});
  const auto reader = open({.name = "reader", .scopes = {SCOPE_PROPOSE, SCOPE_READ}});
  const auto id = at(call(agent, "propose", offer), {"structuredContent", "id"});
  const auto named = R"({"id":")" + id + "\"}";
  for (const auto* tool : {"status", "wait", "journal", "withdraw"}) {
    BOOST_TEST(at(call(other, tool, named), {"isError"}) == "true", tool);
  }
  BOOST_TEST(at(call(agent, "status", named), {"structuredContent", "status"}) == "pending");
  BOOST_TEST(at(call(reader, "status", named), {"structuredContent", "status"}) == "pending");
  BOOST_TEST(call(agent, "journal", named).contains("Proposed"));
  BOOST_TEST(at(call(agent, "journal", "{}"), {"isError"}) == "true");
  BOOST_TEST(call(reader, "journal", "{}").contains("Proposed"));
  BOOST_TEST(call(agent, "approvals", "{}").contains(id));
  BOOST_TEST(!call(other, "approvals", "{}").contains(id));
  BOOST_TEST(at(call(agent, "whoami", "{}"), {"structuredContent", "pending"}) == "1");
  BOOST_TEST(at(call(agent, "withdraw", named), {"structuredContent", "status"}) == "withdrawn");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::mcp
