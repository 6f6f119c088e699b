// Calls over an open connection: answers, progress, deadlines, cancellation, questions.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/mcp/conversation.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;
using namespace mcp;
using Action = Reply::Action;

constexpr auto form = R"({"message":"Who?","requestedSchema":{"type":"object",)"
                      R"("properties":{"name":{"type":"string"}}}})";

std::string notification(std::string_view method, std::string_view params) {
  return write_notification("notifications/" + std::string(method), params);
}

std::string wants(const std::string& key, const std::string& state) {
  return R"({"resultType":"input_required","inputRequests":{")" + key +
         R"(":{"method":"elicitation/create","params":)" + form + R"(}},"requestState":")" + state +
         "\"}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mcp_client, Conversation)

BOOST_AUTO_TEST_CASE(calls_end_with_what_the_server_says_in_any_order) {
  open_session();
  const auto first = call_tool("a");
  const auto second = call_tool("b");
  receive(write_success(4, R"({"content":[ ]})"));
  BOOST_TEST(ended(second) == R"({"content":[ ]})");
  receive(write_failure(3, {-32602, "no such tool", {}}));
  BOOST_TEST(ended(first) == "-32602 no such tool");
  BOOST_TEST(!client.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(a_request_of_the_stateless_era_says_all_about_itself) {
  open_stateless();
  call({.method = "tools/list"});
  const auto request = sent();
  BOOST_TEST(request.text.starts_with(
      R"({"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"_meta":{"progressToken":2,)"
      R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"));
  BOOST_TEST(request.version->name == "2026-07-28");
  BOOST_TEST(JsonView::read(request.text).has_value());
}

BOOST_AUTO_TEST_CASE(progress_is_told_and_keeps_a_call_alive_up_to_its_bound) {
  open_session();
  const auto id = call({.method = "tools/call", .timeout = 10s, .timeout_max = 25s});
  pass(9s);
  receive(notification("progress", R"({"progressToken":3,"progress":1,"total":4,"message":"m"})"));
  const auto progress = news<Progressed>();
  BOOST_TEST(progress.call == id);
  BOOST_TEST(progress.progress == 1);
  BOOST_TEST(progress.total.value() == 4);
  BOOST_TEST(progress.message == "m");
  pass(9s);
  BOOST_TEST(count<Ended>() == 0);
  receive(notification("progress", R"({"progressToken":3,"progress":2})"));
  pass(6s);
  BOOST_TEST((client.next_deadline() == now + 1s));
  pass(1s);
  BOOST_TEST(ended(id) == "sent: the server did not answer in time");
}

BOOST_AUTO_TEST_CASE(progress_that_does_not_grow_keeps_nothing_alive) {
  open_session();
  const auto id = call({.method = "tools/call", .timeout = 10s});
  for (int i = 0; i < 9; ++i) {
    receive(notification("progress", R"({"progressToken":3,"progress":1})"));
    pass(i == 0 ? 0s : 1s);
  }
  pass(2s);
  BOOST_TEST(ended(id) == "sent: the server did not answer in time");
}

BOOST_AUTO_TEST_CASE(a_call_that_takes_too_long_is_cancelled_and_its_late_answer_overlooked) {
  open_session();
  const auto id = call_tool();
  sent();
  pass(60s);
  BOOST_TEST(ended(id) == "sent: the server did not answer in time");
  const auto cancelled = sent();
  BOOST_TEST(cancelled.text == write_notification("notifications/cancelled",
                                                  R"({"requestId":3,"reason":"timed out"})"));
  BOOST_TEST(cancelled.request == 3);
  receive(write_success(3, "{}"));
  BOOST_TEST(count<Misbehaved>() == 0);
  receive(write_success(3, "{}"));
  BOOST_TEST(news<Misbehaved>().what == "it answered 3, which waits for no answer");
}

BOOST_AUTO_TEST_CASE(a_cancelled_call_ends_at_once) {
  open_session();
  const auto id = call_tool();
  sent();
  client.cancel(id, "nobody wants it");
  BOOST_TEST(ended(id) == "sent: the call was cancelled: nobody wants it");
  BOOST_TEST(sent().method == "notifications/cancelled");
  client.cancel(id, "again");
  BOOST_TEST(sends_nothing());

  Conversation waiting;
  waiting.open();
  waiting.sent();
  const auto queued = waiting.call_tool();
  waiting.client.cancel(queued, "early");
  BOOST_TEST(waiting.ended(queued) == "not sent: the call was cancelled: early");
  BOOST_TEST(waiting.sends_nothing());
}

BOOST_AUTO_TEST_CASE(what_a_lost_connection_leaves_open_is_unknown) {
  open_session();
  const auto id = call_tool();
  client.lost({ErrorCode::unreachable, "the server's process ended", {}});
  BOOST_TEST(ended(id) == "sent: the server's process ended");
  BOOST_TEST(news<Closed>().why.detail == "the server's process ended");
  receive(write_success(3, "{}"));
  BOOST_TEST(count<Misbehaved>() == 0);
}

BOOST_AUTO_TEST_CASE(what_provably_did_not_leave_says_so) {
  open_session();
  const auto id = call_tool();
  client.undelivered(3, {{ErrorCode::unreachable, "no connection", {}}, false}, now);
  BOOST_TEST(ended(id) == "not sent: no connection");
}

BOOST_AUTO_TEST_CASE(a_server_of_a_session_asks_a_person) {
  open_session();
  call_tool();
  sent();
  receive(write_request("q", "elicitation/create", form));
  const auto asked = news<Asked>();
  BOOST_TEST(asked.question.message == "Who?");
  BOOST_TEST(client.answer(asked.id, {Action::accept, R"({"age":1})"}, now).error().detail ==
             "the form has no field age");
  BOOST_TEST(sends_nothing());
  BOOST_TEST(client.answer(asked.id, {Action::accept, R"({"name":"Jo"})"}, now).has_value());
  BOOST_TEST(sent().text == write_success("q", R"({"action":"accept","content":{"name":"Jo"}})"));
  BOOST_TEST((client.answer(asked.id, {}, now).error().code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(a_call_waits_for_people_while_a_question_is_open) {
  open_session();
  const auto id = call({.method = "tools/call", .timeout = 10s, .timeout_max = 60s});
  receive(write_request(1, "elicitation/create", form));
  const auto question = news<Asked>().id;
  pass(30s);
  BOOST_TEST(count<Ended>() == 0);
  BOOST_TEST(client.answer(question, {Action::decline, ""}, now).has_value());
  pass(10s);
  BOOST_TEST(ended(id) == "sent: the server did not answer in time");
}

BOOST_AUTO_TEST_CASE(a_question_that_the_server_takes_back_is_withdrawn) {
  open_session();
  receive(write_request("q", "elicitation/create", form));
  const auto id = news<Asked>().id;
  receive(notification("cancelled", R"({"requestId":"other"})"));
  BOOST_TEST(count<Withdrawn>() == 0);
  receive(notification("cancelled", R"({"requestId":"q"})"));
  BOOST_TEST(news<Withdrawn>().id == id);
}

BOOST_AUTO_TEST_CASE(a_stateless_server_gets_the_request_again_with_the_answers) {
  open_stateless();
  const auto id = call_tool("book", R"({"seat":7})");
  sent();
  receive_result(wants("who", "s\\u0001\\\"1"));
  const auto asked = news<Asked>();
  BOOST_TEST(asked.call == id);
  BOOST_TEST(client.answer(asked.id, {Action::accept, R"({"name":"Jo"})"}, now).has_value());
  const auto again = sent();
  BOOST_TEST(again.request == 3);
  BOOST_TEST(again.text.ends_with(
      R"(,"inputResponses":{"who":{"action":"accept","content":{"name":"Jo"}}},)"
      R"("requestState":"s\u0001\"1","name":"book","arguments":{"seat":7}}})"));
  receive_result(wants("more", "s2"));
  BOOST_TEST(client.answer(news<Asked>().id, {Action::decline, ""}, now).has_value());
  const auto last = sent().text;
  BOOST_TEST(last.find(R"("inputResponses":{"more":{"action":"decline"}})") != last.npos);
  BOOST_TEST(last.find("who") == last.npos);
  receive_result(R"({"resultType":"complete","content":[]})");
  BOOST_TEST(ended(id) == R"({"resultType":"complete","content":[]})");
}

BOOST_AUTO_TEST_CASE(a_state_without_questions_goes_back_at_once_but_not_for_ever) {
  open_stateless();
  const auto id = call_tool();
  for (int round = 0; round <= 16; ++round) {
    BOOST_TEST(sent().method == "tools/call");
    receive_result(R"({"resultType":"input_required","requestState":"x"})");
  }
  BOOST_TEST(sends_nothing());
  BOOST_TEST(ended(id) == "sent: the server wanted input 16 times, and still does");
}

BOOST_AUTO_TEST_CASE(what_was_not_offered_cannot_be_wanted) {
  const auto outcome = [](const Call& call, const std::string& result) {
    Conversation with;
    with.open_stateless();
    const auto id = with.call(call);
    with.receive_result(result);
    return with.ended(id);
  };
  const Call call{.method = "tools/call"};
  BOOST_TEST(outcome(call, R"({"resultType":"input_required","inputRequests":{"a":)"
                           R"({"method":"sampling/createMessage","params":{}}}})") ==
             "sent: the server asks for sampling/createMessage, which was not offered");
  BOOST_TEST(outcome(call, R"({"resultType":"input_required"})") ==
             "sent: the server wants input, and does not say which");
  BOOST_TEST(outcome(call, R"({"resultType":"task"})") ==
             "sent: the server's result is of an unknown type");
  BOOST_TEST(outcome({.method = "tools/list"}, wants("a", "s")) ==
             "sent: the server wants input for tools/list, which takes none");
}

BOOST_AUTO_TEST_CASE(questions_go_with_the_call_that_asked_them) {
  open_stateless();
  const auto id = call({.method = "tools/call", .timeout_max = 100s});
  receive_result(wants("a", "s"));
  const auto question = news<Asked>().id;
  pass(99s);
  BOOST_TEST(count<Ended>() == 0);
  pass(1s);
  BOOST_TEST(news<Withdrawn>().id == question);
  BOOST_TEST(ended(id) == "sent: nobody answered the server's questions");
  BOOST_TEST((client.answer(question, {}, now).error().code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(a_server_of_a_session_may_ping_and_gets_nothing_that_was_not_offered) {
  open_session();
  receive(write_request("p", "ping", ""));
  BOOST_TEST(sent().text == write_success("p", "{}"));
  receive(write_request(5, "sampling/createMessage", "{}"));
  BOOST_TEST(sent().text == write_failure(5, {-32601, "not offered: sampling/createMessage", {}}));
  receive(write_request(6, "elicitation/create", "{}"));
  BOOST_TEST(sent().text ==
             write_failure(6, {-32602, "message of the question must be a text", {}}));
}

BOOST_AUTO_TEST_CASE(logs_and_changes_are_told) {
  open_session();
  receive(notification("message", R"({"level":"error","logger":"l","data":{"a": 1}})"));
  const auto logged = news<Logged>();
  BOOST_TEST(logged.level + logged.logger + logged.data.raw() == R"(errorl{"a": 1})");
  receive(write_notification("notifications/tools/list_changed", ""));
  BOOST_TEST((news<Changed>().what == Changed::What::tools));
  receive(notification("resources/updated", R"({"uri":"a:b"})"));
  BOOST_TEST(news<Changed>().uri == "a:b");
  receive(notification("never/heard/of", "{}"));
  BOOST_TEST(count<Misbehaved>() == 0);
}

BOOST_AUTO_TEST_CASE(more_calls_than_agreed_are_refused) {
  Conversation with({.version = "1", .calls_max = 2});
  with.open_session();
  with.call_tool();
  with.call_tool();
  BOOST_TEST((with.client.call({.method = "x"}, with.now).error().code == ErrorCode::overloaded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
