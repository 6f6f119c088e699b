// Servers that break the protocol: bounded, told, and the rest goes on.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/mcp/conversation.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;
using namespace mcp;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mcp_hostile, Conversation)

BOOST_AUTO_TEST_CASE(answers_with_wrong_ids_are_told_and_change_nothing) {
  open_session();
  const auto id = call_tool();
  for (const auto* wrong : {"4", "0", "-3", "1", "\"3\"", "\"\""}) {
    receive(R"({"jsonrpc":"2.0","id":)" + std::string(wrong) + R"(,"result":{"evil":1}})");
    BOOST_TEST(news<Misbehaved>().what ==
               "it answered " + std::string(wrong) + ", which waits for no answer");
  }
  receive(R"({"jsonrpc":"2.0","id":3.0,"result":{"evil":1}})");
  BOOST_TEST(news<Misbehaved>().what.starts_with("it sent what is no message: its id"));
  receive_result("{}");
  BOOST_TEST(ended(id) == "{}");
}

BOOST_AUTO_TEST_CASE(the_first_answer_counts_and_a_second_is_told) {
  open_session();
  const auto id = call_tool();
  receive(write_success(3, R"({"n":1})"));
  receive(write_success(3, R"({"n":2})"));
  receive(write_failure(3, {1, "x", {}}));
  BOOST_TEST(ended(id) == R"({"n":1})");
  BOOST_TEST(count<Ended>() == 0);
  BOOST_TEST(count<Misbehaved>() == 2);
}

BOOST_AUTO_TEST_CASE(garbage_is_told_and_in_the_end_closes_the_connection) {
  open_session();
  const auto id = call_tool();
  for (int i = 0; i < 99; ++i) receive(i % 2 == 0 ? "\xff\xfe garbage" : "[]");
  BOOST_TEST(client.is_open());
  BOOST_TEST(count<Misbehaved>() == 99);
  receive("one more");
  BOOST_TEST(ended(id).starts_with("sent: the server broke the protocol 100 times, at last: "));
  BOOST_TEST(client.is_closed());
  receive(write_success(3, "{}"));
  client.elapsed(now + 1h);
  BOOST_TEST(count<Ended>() == 0);
}

BOOST_AUTO_TEST_CASE(a_flood_of_notifications_is_dropped_and_counted) {
  open_session();
  const auto id = call_tool();
  for (int i = 0; i < 100'000; ++i) {
    receive(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
  }
  BOOST_TEST(count<Changed>() == 200);
  receive_result("{}");
  BOOST_TEST(ended(id) == "{}");
  pass(1s);
  receive(R"({"jsonrpc":"2.0","method":"notifications/message","params":{"data":"x"}})");
  BOOST_TEST(news<Dropped>().count == 99'800);
  BOOST_TEST(news<Logged>().data.raw() == "\"x\"");
}

BOOST_AUTO_TEST_CASE(a_flood_of_questions_is_refused_beyond_a_bound) {
  open_session();
  for (int i = 0; i < 100; ++i) {
    receive(write_request(i, "elicitation/create",
                          R"({"message":"m","requestedSchema":{"properties":{}}})"));
  }
  BOOST_TEST(count<Asked>() == 64);
  BOOST_TEST(sent().text == write_failure(64, {-32603, "too many questions are open", {}}));
  receive(write_request(7, "elicitation/create", "{}"));
  BOOST_TEST(news<Misbehaved>().what == "it asks with the id of a question that is open: 7");
}

BOOST_AUTO_TEST_CASE(a_stateless_server_may_not_send_requests) {
  open_stateless();
  receive(write_request(1, "elicitation/create", "{}"));
  BOOST_TEST(news<Misbehaved>().what ==
             "it sent the request elicitation/create, which this version does not have");
  BOOST_TEST(sends_nothing());
}

BOOST_AUTO_TEST_CASE(progress_of_what_was_never_asked_is_told) {
  open_session();
  call_tool();
  const auto progress = [&](const std::string& params) {
    receive(write_notification("notifications/progress", params));
  };
  for (const auto* params : {R"({"progressToken":99,"progress":1})", R"({"progress":1})",
                             R"({"progressToken":"3","progress":1})", R"({"progressToken":3})",
                             R"({"progressToken":3,"progress":"x"})",
                             R"({"progressToken":3,"progressToken":3,"progress":1})"}) {
    progress(params);
    BOOST_TEST(news<Misbehaved>().what != "", params);
  }
  BOOST_TEST(count<Progressed>() == 0);
  // It may be late: that is no breach.
  receive(write_success(3, "{}"));
  progress(R"({"progressToken":3,"progress":2})");
  BOOST_TEST(count<Misbehaved>() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_told) {
  open_session();
  client.overlong();
  BOOST_TEST(news<Misbehaved>().what ==
             "it sent a message that is too long, which was thrown away");
}

BOOST_AUTO_TEST_CASE(what_a_server_says_of_itself_is_cut) {
  open();
  receive(write_failure(1, {-32022, std::string(100'000, 'x'), {}}));
  BOOST_TEST(news<Closed>().why.detail.size() < 300);
}

BOOST_AUTO_TEST_CASE(deep_json_is_no_message) {
  open_session();
  receive(R"({"jsonrpc":"2.0","id":3,"result":{"a":)" + std::string(100'000, '[') +
          std::string(100'000, ']') + "}}");
  BOOST_TEST(news<Misbehaved>().what.starts_with("it sent what is no message: "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
