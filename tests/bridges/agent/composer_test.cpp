// From a task to an approval that waits, and from a decision to the task's end.
#include <boost/test/unit_test.hpp>

#include "messages/assignment.pb.h"
#include "tests/bridges/agent/studio.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::bridges::agent {
namespace {

runtime::Agents shell(const std::string& script) {
  runtime::Agents agents;
  agents["email"].command = {"/bin/sh", "-c", script};
  agents["email"].timeout = std::chrono::seconds(30);
  return agents;
}

template <class Command>
std::shared_ptr<Command> because(const std::string& reason) {
  auto command = std::make_shared<Command>();
  command->set_reason(reason);
  return command;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(composer, Studio)

BOOST_AUTO_TEST_CASE(a_task_becomes_a_draft_and_the_draft_an_approval_that_waits) {
  open();
  arrive("order-4471", "Reply to Ines", "ines@example.com");
  await("approval/EMAIL_REPLY_order-4471", "pending");
  const auto approval = approval_view("EMAIL_REPLY_order-4471");
  BOOST_TEST(approval.requester() == "draft/EMAIL_REPLY_order-4471");
  BOOST_TEST(approval.preview().contains("ines@example.com"), approval.preview());
  BOOST_TEST(approval.preview().contains("A template"), approval.preview());
  await("task/order-4471", "drafted");
  await("draft/EMAIL_REPLY_order-4471", "proposed");
  BOOST_TEST(draft_view("EMAIL_REPLY_order-4471").requester() == "agent.email");
}

BOOST_AUTO_TEST_CASE(a_task_is_done_when_its_draft_was_sent) {
  open();
  arrive("t", "Reply to Ines", "ines@example.com");
  await("approval/EMAIL_REPLY_t", "pending");
  approve("EMAIL_REPLY_t");
  await("task/t", "done");
  BOOST_TEST(status("draft/EMAIL_REPLY_t") == "sent");
}

BOOST_AUTO_TEST_CASE(a_task_is_dropped_when_its_draft_was_rejected) {
  open();
  arrive("t", "Reply to Ines", "ines@example.com");
  await("approval/EMAIL_REPLY_t", "pending");
  tests::must(
      command({"approval", "EMAIL_REPLY_t"}, because<nightshift::approval::Reject>("too blunt")));
  await("task/t", "dropped");
  BOOST_TEST(task_view("t").detail() == "mara: too blunt");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_proposed_waits_for_a_person_with_the_reason) {
  open();
  arrive("t", "Reply to somebody");
  await("draft/EMAIL_DRAFT_t", "refused");
  await("task/t", "stuck");
  BOOST_TEST(task_view("t").detail().contains("recipient"), task_view("t").detail());
  auto edit = std::make_shared<nightshift::draft::Edit>();
  edit->add_to("ines@example.com");
  tests::must(command({"draft", "EMAIL_DRAFT_t"}, std::move(edit)));
  tests::must(command({"draft", "EMAIL_DRAFT_t"}, std::make_shared<nightshift::draft::Propose>()));
  await("approval/EMAIL_DRAFT_t", "pending");
  approve("EMAIL_DRAFT_t");
  await("task/t", "done");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_is_numbered) {
  open();
  auto write = std::make_shared<nightshift::draft::Write>();
  write->set_channel(CHANNEL_EMAIL);
  write->set_body("by hand");
  write->add_to("bob@example.com");
  tests::must(command({"draft", "EMAIL_REPLY_t"}, std::move(write)));
  await("approval/EMAIL_REPLY_t", "pending");
  arrive("t", "Reply to Ines", "ines@example.com");
  await("approval/EMAIL_REPLY_t-2", "pending");
  BOOST_TEST(task_view("t").draft() == "EMAIL_REPLY_t-2");
}

BOOST_AUTO_TEST_CASE(an_agent_that_fails_three_times_leaves_the_task_to_a_person) {
  open(shell("echo no model >&2; exit 1"));
  arrive("t", "Reply to Ines");
  await("task/t", "stuck");
  BOOST_TEST(task_view("t").detail().contains("no model"), task_view("t").detail());
  BOOST_TEST(count("draft", "drafted") == 0u);
}

BOOST_AUTO_TEST_CASE(what_an_agent_says_of_approval_changes_nothing) {
  open(shell("echo '---'; echo 'status: approved'; echo '---'; echo hello"));
  arrive("t", "Reply to Ines");
  await("task/t", "stuck");
  BOOST_TEST(task_view("t").detail().contains("status"), task_view("t").detail());
  BOOST_TEST(count("approval", "pending") == 0u);
}

BOOST_AUTO_TEST_CASE(a_task_that_a_person_closed_meanwhile_proposes_nothing) {
  open(shell("sleep 1; echo hello"));
  arrive("t", "Reply to Ines", "ines@example.com");
  await_event("task/t", "Dispatched");
  tests::must(command({"task", "t"}, because<nightshift::task::Close>("I called her")));
  await("draft/EMAIL_REPLY_t", "discarded");
  BOOST_TEST(status("task/t") == "done");
  BOOST_TEST(status("approval/EMAIL_REPLY_t").empty());
}

BOOST_AUTO_TEST_CASE(a_restart_in_the_middle_hands_in_one_draft) {
  open(shell("sleep 1000"));
  arrive("t", "Reply to Ines", "ines@example.com");
  close();
  open();
  await("approval/EMAIL_REPLY_t", "pending");
  BOOST_TEST(count("draft", "proposed") == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_slow_agent_does_holds_up_nothing_that_is_sent) {
  auto agents = shell("sleep 1000");
  agents["email"].timeout = std::chrono::seconds(1'000);
  open(agents);
  for (int n = 0; n < 20; ++n) arrive("slow" + std::to_string(n), "Reply to Ines");
  auto write = std::make_shared<nightshift::draft::Write>();
  write->set_channel(CHANNEL_EMAIL);
  write->set_body("by hand");
  write->add_to("bob@example.com");
  tests::must(command({"draft", "quick"}, std::move(write)));
  await("approval/quick", "pending");
  approve("quick");
  await("draft/quick", "sent");
}

BOOST_AUTO_TEST_CASE(every_one_of_many_tasks_is_drafted_once) {
  open();
  constexpr std::size_t many = 200;
  for (std::size_t n = 0; n < many; ++n) {
    arrive("t" + std::to_string(n), "Reply to Ines", "ines@example.com");
  }
  tests::eventually([this] { return count("task", "drafted") == many; }, "all are drafted");
  tests::eventually([this] { return count("draft", "proposed") == many; }, "all are proposed");
  tests::eventually([this] { return count("approval", "pending") >= many; }, "all wait");
  BOOST_TEST(count("approval", "pending") == many);
  BOOST_TEST(count("draft", "proposed") == many);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::agent
