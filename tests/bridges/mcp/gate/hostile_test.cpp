// Clients that mean harm: what they send is refused, and harms nobody else.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/mcp/gate/gate.hpp"

namespace nightshift::bridges::mcp {

BOOST_FIXTURE_TEST_SUITE(mcp_hostile_client, Gate)

BOOST_AUTO_TEST_CASE(what_is_no_message_is_refused) {
  const auto agent = open();
  const std::string deep(100, '[');
  for (const auto& bad : {std::string(), std::string("{"), std::string("[]"), std::string("null"),
                          deep, std::string(R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])"),
                          std::string(R"({"jsonrpc":"1.0","id":1,"method":"ping"})"),
                          std::string(R"({"jsonrpc":"2.0","id":null,"method":"ping"})"),
                          std::string(R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})"),
                          std::string(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})"),
                          std::string(R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})"),
                          std::string("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}"),
                          std::string(R"({"jsonrpc":"2.0","id":1,"method":"ping"} x)")}) {
    const auto answer = post(agent, bad);
    BOOST_TEST(answer.status == 400, bad);
    BOOST_TEST(at(answer.body, {"error", "code"}).starts_with("-32"), bad);
  }
  auto plain = agent.request(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  plain.fields.front().second = "text/plain";
  BOOST_TEST(begin(plain).get().status == 415);
  BOOST_TEST(post(agent, std::string(server_message_bytes_max + 1, ' ')).status == 413);
  BOOST_TEST(post(agent, R"({"jsonrpc":"2.0","id":1,"method":"ping"})").status == 200);
}

BOOST_AUTO_TEST_CASE(a_session_of_another_token_is_not_there) {
  const auto agent = open();
  Agent thief{.name = "other", .session = agent.session};
  const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  BOOST_TEST(post(thief, ping).status == 404);
  thief.session = "guessed";
  BOOST_TEST(post(thief, ping).status == 404);
  BOOST_TEST(post(agent, ping).status == 200);
  restart();
  BOOST_TEST(post(agent, ping).status == 404);
}

BOOST_AUTO_TEST_CASE(sessions_without_end_push_out_only_those_of_the_same_token) {
  const auto first = open();
  const auto other = open({.name = "other"});
  for (std::size_t n = 0; n < sessions_per_token_max; ++n) open();
  const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
  BOOST_TEST(post(first, ping).status == 404);
  BOOST_TEST(post(other, ping).status == 200);
}

BOOST_AUTO_TEST_CASE(more_waits_than_there_is_room_for_are_answered_as_they_stand) {
  const auto agent = open();
  const auto id = at(call(agent, "propose",
                          R"({"title":"t","category":"tool",)"
                          R"("action":{"permission":{"tool":"T","input":"{}"}}})"),
                     {"structuredContent", "id"});
  std::vector<std::future<runtime::EndpointAnswer>> waiting;
  for (std::size_t n = 0; n < waits_per_caller_max + 10; ++n) {
    waiting.push_back(begin_call(agent, "wait", R"({"id":")" + id + "\"}"));
  }
  const auto now = call(agent, "wait", R"({"id":")" + id + "\"}");
  BOOST_TEST(at(now, {"structuredContent", "status"}) == "pending");
  const std::string list = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
  BOOST_TEST(post(agent, list).status == 503);
  // The others have their own places.
  const auto other = open({.name = "other", .scopes = {SCOPE_PROPOSE, SCOPE_READ}});
  BOOST_TEST(post(other, list).status == 200);
  auto theirs = begin_call(other, "wait", R"({"id":")" + id + "\"}");
  approve(id);
  for (auto& one : waiting) BOOST_TEST(one.get().status == 200);
  const auto answer = theirs.get().body;
  BOOST_TEST(!answer.contains("waits for a person"), answer);
}

BOOST_AUTO_TEST_CASE(no_tool_approves) {
  const auto agent = open({.scopes = {SCOPE_PROPOSE, SCOPE_READ, SCOPE_OPERATE, SCOPE_APPROVE}});
  const auto tools = post(agent, R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})").body;
  BOOST_TEST(!tools.contains(R"("name":"approve")"));
  BOOST_TEST(
      at(call(agent, "propose", R"({"title":"t","category":"tool","approve":{"digest":"x"}})"),
         {"isError"}) == "true");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::mcp
