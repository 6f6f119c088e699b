// Claude Code's permission prompt: only a signed approval of exactly the input allows.
#include <boost/test/unit_test.hpp>

#include "messages/approval.pb.h"
#include "tests/bridges/mcp/gate/gate.hpp"

namespace nightshift::bridges::mcp {
namespace {

const std::string question =
    R"({"tool_name":"Write","input":{"file_path":"/tmp/a","content":"x"},"tool_use_id":"toolu_1"})";
const std::string allowed =
    R"({"behavior":"allow","updatedInput":{"content":"x","file_path":"/tmp/a"}})";

struct Asking : Gate {
  Agent agent = open();

  std::future<runtime::EndpointAnswer> ask(const std::string& what = question) {
    return begin_call(agent, "permission_prompt", what);
  }
  /// The one that waits.
  std::string pending() {
    await_pending();
    return approvals("pending").front();
  }
  void await_pending() {
    for (int n = 0; approvals("pending").empty(); ++n) {
      BOOST_REQUIRE(n < 10'000);
      call(agent, "whoami", "{}");
    }
  }
  std::string behaviour(std::future<runtime::EndpointAnswer>& answer) {
    BOOST_REQUIRE(answer.wait_for(std::chrono::minutes(1)) == std::future_status::ready);
    return text_of(answer.get());
  }
  static bool is_denied(const std::string& text) {
    return at(text, {"behavior"}) == "deny" && !at(text, {"message"}).empty() &&
           !text.contains("updatedInput");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mcp_permission, Asking)

BOOST_AUTO_TEST_CASE(a_signed_approval_allows_exactly_the_input) {
  auto answer = ask();
  approve(pending());
  BOOST_TEST(behaviour(answer) == allowed);
}

BOOST_AUTO_TEST_CASE(a_rejection_denies_with_the_reason) {
  auto answer = ask();
  auto reject = std::make_shared<approval::Reject>();
  reject->set_reason("not there");
  BOOST_TEST(command(pending(), reject).has_value());
  const auto text = behaviour(answer);
  BOOST_TEST(is_denied(text), text);
  BOOST_TEST(text.contains("not there"), text);
}

BOOST_AUTO_TEST_CASE(a_patience_that_is_over_denies_and_the_same_question_goes_on_waiting) {
  agent.patience = std::chrono::milliseconds(1);
  auto answer = ask();
  BOOST_REQUIRE(answer.wait_for(std::chrono::minutes(1)) == std::future_status::ready);
  const auto given = answer.get();
  BOOST_TEST(is_denied(text_of(given)), given.body);
  const auto id = at(given.body, {"result", "_meta", "nightshift/pending"});
  BOOST_TEST(approvals("pending") == std::vector<std::string>{id},
             boost::test_tools::per_element());
  agent.patience = std::chrono::milliseconds(0);
  // The order of members says nothing.
  auto again = ask(R"({"tool_use_id":"toolu_1","input":{"content":"x","file_path":"/tmp/a"},)"
                   R"("tool_name":"Write"})");
  approve(id);
  BOOST_TEST(behaviour(again) == allowed);
}

BOOST_AUTO_TEST_CASE(a_restart_in_between_changes_neither_answer) {
  auto first = ask();
  const auto id = pending();
  restart();
  // Who waited was told that nothing is allowed.
  BOOST_TEST(is_denied(behaviour(first)));
  agent = open();
  auto second = ask();
  approve(id);
  BOOST_TEST(behaviour(second) == allowed);
  restart();
  agent = open();
  auto third = ask();
  BOOST_TEST(behaviour(third) == allowed);
}

BOOST_AUTO_TEST_CASE(another_input_use_tool_or_agent_is_another_question) {
  auto first = ask();
  approve(pending());
  BOOST_TEST(behaviour(first) == allowed);
  agent.patience = std::chrono::milliseconds(1);
  const auto asked = [](const std::string& tool, const std::string& file, const std::string& use) {
    return R"({"tool_name":")" + tool + R"(","input":{"file_path":")" + file +
           R"(","content":"x"})" + use + "}";
  };
  const std::string use = R"(,"tool_use_id":"toolu_1")";
  for (const auto& other :
       {asked("Write", "/tmp/b", use), asked("Write", "/tmp/a", R"(,"tool_use_id":"toolu_2")"),
        asked("Bash", "/tmp/a", use), asked("Write", "/tmp/a", "")}) {
    auto answer = ask(other);
    BOOST_TEST(is_denied(behaviour(answer)), other);
  }
  agent = open({.name = "other", .patience = std::chrono::milliseconds(1)});
  auto theirs = ask();
  BOOST_TEST(is_denied(behaviour(theirs)));
  BOOST_TEST(approvals("pending").size() == 5u);
}

BOOST_AUTO_TEST_CASE(an_input_that_a_person_edited_is_what_is_allowed) {
  auto answer = ask();
  const auto id = pending();
  auto edit = std::make_shared<approval::Edit>();
  edit->mutable_action()->mutable_permission()->set_input(R"({"content":"y"})");
  BOOST_TEST(command(id, edit).has_value());
  approve(id);
  BOOST_TEST(behaviour(answer) == R"({"behavior":"allow","updatedInput":{"content":"y"}})");
}

BOOST_AUTO_TEST_CASE(another_tool_than_was_asked_about_is_not_what_a_person_allowed) {
  auto answer = ask();
  const auto id = pending();
  auto edit = std::make_shared<approval::Edit>();
  edit->mutable_action()->mutable_permission()->set_tool("Read");
  BOOST_TEST(command(id, edit).has_value());
  approve(id);
  BOOST_TEST(is_denied(behaviour(answer)));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked_is_denied) {
  for (const std::string bad :
       {"{}", R"({"tool_name":"Write"})", R"({"tool_name":1,"input":{}})",
        R"({"tool_name":"Write","input":"x"})", R"({"tool_name":"Write","input":{"a":1,"a":2}})",
        R"({"tool_name":"","input":{}})"}) {
    auto answer = ask(bad);
    BOOST_TEST(is_denied(behaviour(answer)), bad);
  }
  BOOST_TEST(approvals("pending").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::mcp
