// A server over stdio, supervised as a process: what the node makes of good ones and of bad ones.
#include <signal.h>

#include <boost/test/unit_test.hpp>

#include "tests/bridges/mcp/servers/study.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {
namespace {

/// The text of what a call brought; what became of it where that is nothing.
std::string words(const mcp::Outcome& outcome) {
  if (const auto* unanswered = std::get_if<mcp::Unanswered>(&outcome)) {
    return unanswered->sent ? "unknown" : "not sent";
  }
  if (std::holds_alternative<mcp::Refused>(outcome)) return "refused";
  const auto result = mcp::read_tool_result(std::get<mcp::Answered>(outcome).result.view());
  return result ? result->text : result.error().detail;
}

std::string why(const mcp::Outcome& outcome) {
  const auto* unanswered = std::get_if<mcp::Unanswered>(&outcome);
  return unanswered == nullptr ? "" : std::string(info(unanswered->why.code).name);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mcp_servers, Study)

BOOST_AUTO_TEST_CASE(a_server_is_run_reached_and_its_tools_are_called) {
  define_stand_in("Says it again.");
  await("online");
  await_tools();
  BOOST_TEST(view().facts().name() == "stand-in");
  BOOST_TEST(view().facts().protocol() == "2025-11-25");
  BOOST_TEST_REQUIRE(view().tools_size() == 1);
  BOOST_TEST(view().tools(0).standing() == "usable");
  BOOST_TEST(view().tools(0).pin() == pin());
  BOOST_TEST(status("process", "mcp-desk") == "online");
  BOOST_TEST(words(call(pin())) == "done");
  BOOST_TEST(calls_seen() == 1u);
}

BOOST_AUTO_TEST_CASE(a_tool_that_has_changed_is_not_called_until_a_person_has_accepted_it) {
  define_stand_in("Says it again.");
  await("online");
  await_tools();
  const auto before = pin();
  says("Says it again, to everybody.");
  await("changed");
  BOOST_TEST(why(call(before)) == "digest_mismatch");
  BOOST_TEST(calls_seen() == 0u);
  server_pb::Accept accept;
  accept.set_tool("echo");
  accept.set_pin(view().pin());
  BOOST_TEST(tell(accept).has_value());
  await("online");
  BOOST_TEST(words(call(view().tools(0).pin())) == "done");
}

BOOST_AUTO_TEST_CASE(a_change_that_is_announced_is_looked_at_before_the_next_call) {
  define_stand_in("Says it again.");
  await_tools();
  const auto before = pin();
  is_in_the_mood_to("changed");
  says("Something else.");
  BOOST_TEST(words(call(before)) == "changed");
  BOOST_TEST(why(call(before)) == "digest_mismatch");
  BOOST_TEST(calls_seen() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_server_did_that_died_in_a_call_is_unknown_and_it_comes_back) {
  define_stand_in("Says it again.");
  await_tools();
  const auto run = process().run();
  is_in_the_mood_to("die");
  BOOST_TEST(words(call(pin())) == "unknown");
  is_in_the_mood_to("");
  eventually([&] { return process().run() != run && servers().tools("desk") != nullptr; },
             "it is back");
  BOOST_TEST(words(call(pin())) == "done");
  BOOST_TEST(calls_seen() == 2u);
}

BOOST_AUTO_TEST_CASE(a_server_that_speaks_nonsense_is_given_a_new_run) {
  define_stand_in("Says it again.");
  await_tools();
  const auto run = process().run();
  is_in_the_mood_to("garbage");
  BOOST_TEST(words(call(pin())) == "unknown");
  is_in_the_mood_to("");
  eventually([&] { return process().run() != run && servers().tools("desk") != nullptr; },
             "it is back");
  BOOST_TEST(words(call(pin())) == "done");
}

BOOST_AUTO_TEST_CASE(a_flood_of_notices_holds_up_nothing) {
  define_stand_in("Says it again.");
  await_tools();
  is_in_the_mood_to("flood");
  BOOST_TEST(words(call(pin())) == "after the flood");
}

BOOST_AUTO_TEST_CASE(a_server_that_answers_nothing_any_more_is_off_line_and_run_anew) {
  define_stand_in("Says it again.");
  await_tools();
  const auto run = process().run();
  is_in_the_mood_to("deaf");
  await("offline");
  BOOST_TEST(view().last_call_status() == "timeout");
  is_in_the_mood_to("");
  eventually([&] { return process().run() != run; }, "it is run anew");
  await("online");
}

BOOST_AUTO_TEST_CASE(a_node_that_was_killed_speaks_with_a_new_run) {
  define_stand_in("Says it again.");
  await_tools();
  const auto run = process().run();
  close();
  open();
  await_tools();
  BOOST_TEST(process().run() != run);
  BOOST_TEST(words(call(pin())) == "done");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_run_is_degraded_with_the_cause) {
  McpServerConfig config;
  config.set_command("/no/such/program");
  define(config);
  await("degraded");
  BOOST_TEST(view().error_message().contains("mcp-desk is errored"));
  BOOST_TEST(view().error_message().contains("/no/such/program"));
  BOOST_TEST(words(call(std::string(64, 'a'))) == "not sent");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_deleted_ends_with_its_process) {
  define_stand_in("Says it again.");
  await_tools();
  BOOST_TEST(tell(server_pb::Delete()).has_value());
  eventually([&] { return status("process", "mcp-desk") == "deleted"; }, "its process is gone");
  BOOST_TEST((servers().tools("desk") == nullptr));
  BOOST_TEST(why(call(std::string(64, 'a'))) == "unreachable");
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_not_there_is_a_state_of_affairs_of_its_own) {
  McpServerConfig config;
  config.set_url("http://127.0.0.1:9/mcp");
  config.add_secret_headers("Authorization: Bearer sealed:crm");
  define(config);
  await("unauthenticated");
  BOOST_TEST(view().error_message() == "nothing is sealed as sealed:crm");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
