// Keeps what comes out of the machine until the test asks for it.
#include "tests/bridges/mcp/conversation.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {

Conversation::Conversation(mcp::ClientOptions options) : client(std::move(options)) {}

void Conversation::gather() {
  for (auto& message : client.take_outgoing()) {
    if (message.kind == mcp::Outgoing::Kind::request) newest_request_ = message.request;
    sent_.push_back(std::move(message));
  }
  for (auto& news : client.take_news()) news_.push_back(std::move(news));
}

mcp::Outgoing Conversation::sent() {
  gather();
  if (sent_.empty()) return {};
  auto message = std::move(sent_.front());
  sent_.erase(sent_.begin());
  return message;
}

bool Conversation::sends_nothing() {
  gather();
  return sent_.empty();
}

void Conversation::receive_result(const std::string& result) {
  gather();
  receive(mcp::write_success(newest_request_, result));
}

void Conversation::pass(std::chrono::microseconds time) {
  now += time;
  client.elapsed(now);
}

void Conversation::open_session(const std::string& version) {
  open();
  BOOST_TEST(sent().method == "server/discover");
  receive(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}})");
  BOOST_TEST(sent().method == "initialize");
  receive_result(R"({"protocolVersion":")" + version +
                 R"(","capabilities":{"tools":{}},"serverInfo":{"name":"old","version":"2"}})");
  BOOST_TEST(sent().method == "notifications/initialized");
  BOOST_TEST(news<mcp::Opened>().facts.version->name == version);
}

void Conversation::open_stateless() {
  open();
  BOOST_TEST(sent().method == "server/discover");
  receive_result(R"({"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{},)"
                 R"("_meta":{"io.modelcontextprotocol/serverInfo":{"name":"new","version":"3"}}})");
  BOOST_TEST(news<mcp::Opened>().facts.version->name == "2026-07-28");
}

mcp::CallId Conversation::call(mcp::Call call) {
  const auto id = client.call(std::move(call), now);
  BOOST_TEST_REQUIRE(id.has_value(), (id ? "" : id.error().detail));
  return *id;
}

mcp::CallId Conversation::call_tool(const std::string& name, const std::string& arguments) {
  return call({.method = "tools/call",
               .params = R"({"name":")" + name + R"(","arguments":)" + arguments + "}",
               .name = name});
}

std::string Conversation::ended(mcp::CallId call) {
  const auto end = news<mcp::Ended>();
  BOOST_TEST(end.call == call);
  if (const auto* answered = std::get_if<mcp::Answered>(&end.outcome))
    return answered->result.raw();
  if (const auto* refused = std::get_if<mcp::Refused>(&end.outcome)) {
    return std::to_string(refused->error.code) + " " + refused->error.message;
  }
  const auto& unanswered = std::get<mcp::Unanswered>(end.outcome);
  return (unanswered.sent ? "sent: " : "not sent: ") + unanswered.why.detail;
}

void Conversation::missing(const char* kind) { BOOST_FAIL("there is no news of " << kind); }

}  // namespace nightshift::tests
