// What real servers said to these very requests: `> sent`, `< received`, a line each.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "bridges/mcp/protocol/tool.hpp"
#include "tests/bridges/mcp/conversation.hpp"

namespace nightshift::tests {
namespace {

using namespace mcp;

/// The machine must send what was recorded, to the byte; `calls` are made once it is open.
class Replay : public Conversation {
 public:
  explicit Replay(const std::string& name) : file_("tests/bridges/mcp/recorded/" + name) {
    BOOST_TEST_REQUIRE(file_.good(), name);
    open();
  }
  /// Up to the next call, or the end.
  void run() {
    for (std::string line; !next_is_call() && std::getline(file_, line);) {
      if (line.starts_with("> ")) BOOST_TEST(sent().text == line.substr(2));
      if (line.starts_with("< ")) receive(line.substr(2));
    }
    BOOST_TEST(sends_nothing());
  }
  ToolResult call_and_run(const std::string& name, const std::string& arguments) {
    const auto id = call_tool(name, arguments);
    std::string line;
    std::getline(file_, line);
    BOOST_TEST(sent().text == line.substr(2));
    run();
    const auto end = news<Ended>();
    BOOST_TEST(end.call == id);
    const auto* answered = std::get_if<Answered>(&end.outcome);
    BOOST_TEST_REQUIRE(answered != nullptr);
    return *read_tool_result(answered->result.view());
  }

 private:
  bool next_is_call() {
    const auto here = file_.tellg();
    std::string line;
    std::getline(file_, line);
    file_.clear();
    file_.seekg(here);
    return line.starts_with("> ") && line.find("tools/call") != line.npos;
  }

  std::ifstream file_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_recorded)

BOOST_AUTO_TEST_CASE(everything_of_the_reference_servers) {
  Replay server("everything.txt");
  server.run();
  const auto facts = server.news<Opened>().facts;
  BOOST_TEST(facts.version->name == "2025-11-25");
  BOOST_TEST(facts.name == "mcp-servers/everything");
  BOOST_TEST(server.call_and_run("get-sum", R"({"a":2,"b":3})").text == "The sum of 2 and 3 is 5.");
  BOOST_TEST(
      server.call_and_run("trigger-long-running-operation", R"({"duration":0.3,"steps":3})").text ==
      "Long running operation completed. Duration: 0.3 seconds, Steps: 3.");
  const auto weather = server.call_and_run("get-structured-content", R"({"location":"New York"})");
  BOOST_TEST(weather.structured->raw() ==
             R"({"temperature":33,"conditions":"Cloudy","humidity":82})");
  const auto unknown = server.call_and_run("no-such-tool", "{}");
  BOOST_TEST(unknown.is_error);
  BOOST_TEST(server.count<Misbehaved>() == 0);
}

BOOST_AUTO_TEST_CASE(sequential_thinking) {
  Replay server("sequential-thinking.txt");
  server.run();
  BOOST_TEST(server.news<Opened>().facts.name == "sequential-thinking-server");
  const auto thought = server.call_and_run(
      "sequentialthinking",
      R"({"thought":"x","thoughtNumber":1,"totalThoughts":1,"nextThoughtNeeded":false})");
  BOOST_TEST(!thought.is_error);
  BOOST_TEST(thought.structured->raw().starts_with(R"({"thoughtNumber":1,)"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
