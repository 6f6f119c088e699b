// Lines over descriptors: many callers, and servers that do all that they should not.
#include <boost/test/unit_test.hpp>
#include <future>
#include <set>

#include "tests/bridges/mcp/transport/caller.hpp"
#include "tests/bridges/mcp/transport/pipe_server.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;

bool is_call(const std::string& line) { return line.find("tools/call") != line.npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_stdio)

BOOST_AUTO_TEST_CASE(calls_of_many_threads_get_their_own_answers) {
  PipeServer server(echo_numbers);
  Caller caller(server.link());
  constexpr std::size_t callers = 4;
  constexpr std::size_t calls = 200;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < callers; ++i) {
      threads.emplace_back([&] {
        for (std::size_t n = 0; n < calls; ++n) caller.call_tool();
      });
    }
  }
  std::set<std::string> answers;
  for (std::size_t i = 0; i < callers * calls; ++i) answers.insert(caller.outcome(i));
  BOOST_TEST(answers.size() == callers * calls);
  BOOST_TEST(caller.news<mcp::Opened>().facts.name == "pipe");
  BOOST_TEST(caller.count<mcp::Misbehaved>() == 0);
}

BOOST_AUTO_TEST_CASE(a_line_of_100_mb_is_thrown_away_and_the_answer_behind_it_read) {
  PipeServer server([](const std::string& line, const PipeServer::Write& write) {
    if (!is_call(line)) return true;
    const std::string filler(1u << 20, 'x');
    for (int i = 0; i < 100; ++i) {
      if (!write(filler)) return false;
    }
    return write("\n") && echo_numbers(line, write);
  });
  Caller caller(server.link());
  BOOST_TEST(caller.outcome(caller.call_tool()) == R"({"n":3})");
  BOOST_TEST(caller.news<mcp::Misbehaved>().what ==
             "it sent a message that is too long, which was thrown away");
}

BOOST_AUTO_TEST_CASE(a_line_without_end_ends_the_connection) {
  PipeServer server([](const std::string&, const PipeServer::Write& write) {
    const std::string filler(1u << 20, 'x');
    while (write(filler)) {
    }
    return false;
  });
  Caller caller(server.link());
  BOOST_TEST(caller.outcome(caller.call_tool()) == "sent: the server writes a line without end");
  BOOST_TEST(caller.outcome(caller.call_tool()) ==
             "not sent: the connection to the server is closed");
}

BOOST_AUTO_TEST_CASE(a_server_that_never_answers_is_told_that_nobody_waits) {
  std::promise<std::string> told;
  PipeServer server([&](const std::string& line, const PipeServer::Write&) {
    if (line.find("notifications/cancelled") != line.npos) told.set_value(line);
    return true;
  });
  Caller caller(server.link());
  const auto call = caller.call({.method = "tools/call", .timeout = 20ms});
  BOOST_TEST(caller.outcome(call) == "sent: the server did not answer in time");
  BOOST_TEST(told.get_future().get().find(R"("requestId":3)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cancelled_call_ends_and_another_goes_on) {
  PipeServer server([](const std::string& line, const PipeServer::Write& write) {
    return line.find("slow") != line.npos || echo_numbers(line, write);
  });
  Caller caller(server.link());
  const auto slow = caller.call_tool("slow");
  caller.cancel(slow);
  BOOST_TEST(caller.outcome(slow).find("the call was cancelled: the test wants it") !=
             std::string::npos);
  BOOST_TEST(caller.outcome(caller.call_tool()).starts_with(R"({"n":)"));
}

BOOST_AUTO_TEST_CASE(a_server_that_dies_leaves_its_calls_unknown) {
  PipeServer server([](const std::string& line, const PipeServer::Write& write) {
    write(R"({"jsonrpc":"2.0","id":3,"res)");
    return !is_call(line);
  });
  Caller caller(server.link());
  const auto call = caller.call_tool();
  BOOST_TEST(caller.outcome(call) == "sent: the server has closed its output");
  BOOST_TEST(caller.news<mcp::Closed>().why.detail == "the server has closed its output");
}

BOOST_AUTO_TEST_CASE(a_flood_of_notifications_does_not_keep_a_call_from_its_answer) {
  PipeServer server([](const std::string& line, const PipeServer::Write& write) {
    const std::string notice = R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})";
    for (int i = 0; i < 20'000; ++i) {
      if (!write(notice + "\n")) return false;
    }
    return echo_numbers(line, write);
  });
  Caller caller(server.link());
  BOOST_TEST(caller.outcome(caller.call_tool()) == R"({"n":3})");
  BOOST_TEST(caller.count<mcp::Changed>() < 20'000);
}

BOOST_AUTO_TEST_CASE(garbage_closes_the_connection_in_the_end) {
  PipeServer server([](const std::string&, const PipeServer::Write& write) {
    while (write("\xff garbage\n{}\n[]\n")) {
    }
    return false;
  });
  Caller caller(server.link());
  BOOST_TEST(caller.outcome(caller.call_tool())
                 .starts_with("sent: the server broke the protocol 100 times, at last: "));
}

BOOST_AUTO_TEST_CASE(whoever_hangs_up_ends_what_is_under_way_once) {
  PipeServer server([](const std::string&, const PipeServer::Write&) { return true; });
  Caller caller(server.link());
  for (int i = 0; i < 100; ++i) caller.call_tool();
  caller.hang_up();
  for (std::size_t i = 0; i < 100; ++i) {
    BOOST_TEST(caller.ends(i) == 1);
    BOOST_TEST(caller.outcome(i).ends_with("the connection to the server is being closed"));
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_read_is_given_up) {
  std::promise<void> end;
  PipeServer server([&](const std::string&, const PipeServer::Write&) {
    end.get_future().wait();
    return false;
  });
  Caller caller(server.link());
  const auto large = R"({"name":"x","arguments":{"a":")" + std::string(4u << 20, 'x') + "\"}}";
  for (int i = 0; i < 10; ++i) caller.call({.method = "tools/call", .params = large});
  BOOST_TEST(caller.news<mcp::Closed>().why.detail == "the server does not read what it is sent");
  end.set_value();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
