// Which version is spoken with which server.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/mcp/conversation.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;
using mcp::Closed;
using mcp::Opened;
using mcp::OpeningMode;

std::string failure(std::string_view id, int code, std::string_view data = "null") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"error":{"code":)" +
         std::to_string(code) + R"(,"message":"no","data":)" + std::string(data) + "}}";
}

mcp::ClientOptions in(OpeningMode mode) { return {.version = "1", .opening = mode}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_opening)

BOOST_AUTO_TEST_CASE(a_stateless_server_answers_the_probe) {
  Conversation with;
  with.open();
  const auto probe = with.sent();
  BOOST_TEST(probe.version->name == "2026-07-28");
  BOOST_TEST(probe.text ==
             R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{)"
             R"("progressToken":1,"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
             R"("io.modelcontextprotocol/clientInfo":{"name":"nightshift","version":"1"},)"
             R"("io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{},"url":{}}},)"
             R"("io.modelcontextprotocol/logLevel":"info"}}})");
  with.receive_result(
      R"({"supportedVersions":["2027-01-01","2026-07-28","2025-11-25"],"instructions":"Be kind",)"
      R"("capabilities":{"tools":{}},"_meta":{"io.modelcontextprotocol/serverInfo":)"
      R"({"name":"n","title":"t","version":"v"}}})");
  const auto facts = with.news<Opened>().facts;
  BOOST_TEST(facts.version->name == "2026-07-28");
  BOOST_TEST(facts.name + facts.title + facts.program_version == "ntv");
  BOOST_TEST(facts.instructions == "Be kind");
  BOOST_TEST(facts.capabilities.raw() == R"({"tools":{}})");
  BOOST_TEST(with.sends_nothing());
}

BOOST_AUTO_TEST_CASE(whatever_error_a_probe_meets_means_sessions_unless_it_is_a_modern_one) {
  for (const int code : {-32601, -32602, -32600, -32000, 0, 404}) {
    Conversation with;
    with.open();
    with.sent();
    with.receive(failure("1", code));
    BOOST_TEST(
        with.sent().text ==
        R"({"jsonrpc":"2.0","id":2,"method":"initialize","params":{)"
        R"("protocolVersion":"2025-11-25","capabilities":{"elicitation":{"form":{},"url":{}}},)"
        R"("clientInfo":{"name":"nightshift","version":"1"}}})");
  }
  for (const int code : {-32020, -32021, -32022}) {
    Conversation with;
    with.open();
    with.receive(failure("1", code));
    BOOST_TEST(with.news<Closed>().why.detail == "the server refuses to open: no");
  }
}

BOOST_AUTO_TEST_CASE(a_probe_that_is_not_answered_in_time_means_sessions) {
  Conversation with;
  with.open();
  with.sent();
  BOOST_TEST((with.client.next_deadline() == with.now + 5s));
  with.pass(5s);
  BOOST_TEST(with.sent().method == "initialize");
  // The late answer harms nothing.
  with.receive(failure("1", -32601));
  BOOST_TEST(with.count<mcp::Misbehaved>() == 0);
  BOOST_TEST((with.client.next_deadline() == with.now + 25s));
  with.pass(25s);
  BOOST_TEST((with.news<Closed>().why.code == ErrorCode::timed_out));
}

BOOST_AUTO_TEST_CASE(servers_of_sessions_choose_the_version) {
  for (const auto* version : {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"}) {
    Conversation with;
    with.open_session(version);
    with.call_tool();
    BOOST_TEST(with.sent().text == R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":)"
                                   R"({"_meta":{"progressToken":3},"name":"add","arguments":{}}})");
  }
}

BOOST_AUTO_TEST_CASE(a_list_of_versions_is_followed_once) {
  Conversation with;
  with.open();
  with.receive(failure("1", -32022, R"({"supported":["2025-06-18"],"requested":"2026-07-28"})"));
  with.sent();
  BOOST_TEST(with.sent().text.find(R"("protocolVersion":"2025-06-18")") != std::string::npos);
  with.receive(failure("2", -32602, R"({"supported":["2025-06-18"]})"));
  BOOST_TEST(with.news<Closed>().why.detail == "the server refuses to open: no");

  Conversation session(in(OpeningMode::session));
  session.open();
  BOOST_TEST(session.sent().method == "initialize");
  session.receive(failure("1", -32602, R"({"supported":["2024-11-05"]})"));
  BOOST_TEST(session.sent().text.find(R"("2024-11-05")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_common_version_the_connection_closes_and_says_so) {
  const auto why = [](OpeningMode mode, const std::string& answer) {
    Conversation with(in(mode));
    with.open();
    const auto call = with.call_tool();
    with.receive(answer);
    BOOST_TEST(with.ended(call).starts_with("not sent: "));
    return with.news<Closed>().why.detail;
  };
  const auto says = [](std::string_view theirs) {
    return "the server speaks " + std::string(theirs) +
           ", which is not spoken here; update it, or take another server";
  };
  const std::string list = R"(["2030-01-01"])";
  BOOST_TEST(why(OpeningMode::probe, failure("1", -32022, R"({"supported":)" + list + "}")) ==
             says(list));
  BOOST_TEST(why(OpeningMode::stateless,
                 R"({"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2025-11-25"]}})") ==
             says(R"(["2025-11-25"])"));
  BOOST_TEST(why(OpeningMode::session,
                 R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"1999-01-01"}})") ==
             says("1999-01-01"));
  BOOST_TEST(why(OpeningMode::session,
                 R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2026-07-28"}})") ==
             says("2026-07-28"));
}

BOOST_AUTO_TEST_CASE(a_probe_answered_with_something_else_means_sessions) {
  Conversation with;
  with.open();
  with.sent();
  with.receive(R"({"jsonrpc":"2.0","id":1,"result":{}})");
  BOOST_TEST(with.sent().method == "initialize");
}

BOOST_AUTO_TEST_CASE(calls_wait_until_the_connection_is_open) {
  Conversation with;
  with.open();
  with.sent();
  const auto call = with.call_tool();
  BOOST_TEST(with.sends_nothing());
  with.pass(3s);
  with.receive_result(R"({"supportedVersions":["2026-07-28"]})");
  BOOST_TEST(with.sent().method == "tools/call");
  BOOST_TEST((with.client.next_deadline() == with.now + 60s));
  with.receive_result("{}");
  BOOST_TEST(with.ended(call) == "{}");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_delivered_does_not_open) {
  Conversation with;
  with.open();
  with.client.undelivered(1, {{ErrorCode::unreachable, "HTTP 404", {}}, true}, with.now);
  with.sent();
  BOOST_TEST(with.sent().method == "initialize");
  with.client.undelivered(2, {{ErrorCode::unreachable, "HTTP 404", {}}, true}, with.now);
  BOOST_TEST(with.news<Closed>().why.detail == "HTTP 404");
  BOOST_TEST((with.client.call({.method = "x"}, with.now).error().code == ErrorCode::unreachable));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
