// The night shift on the whole program: a task comes in, an agent drafts, a person decides, it is
// sent, and the task is done.
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;

struct Night : House {
  void arrive(const std::string& id, const std::string& title) {
    expect(0, "drafting",
           {"task", "arrive", id, "title=" + title, "text=Where is my order?",
            "from=ines@example.com", "type=reply"});
  }
  std::string status_of(const std::string& entity) const {
    const auto ended = run({"--json", "get", entity});
    if (ended.exit_code != 0) return "";
    return nlohmann::json::parse(ended.out).at("status").get<std::string>();
  }
  std::string trigger_of(const std::string& entity) const {
    const auto why = run({"--json", "why", entity});
    return nlohmann::json::parse(why.out).at("trigger").at("command_id").get<std::string>();
  }
  void await_status_of(const std::string& entity, const std::string& status) const {
    eventually([&] { return status_of(entity) == status; }, entity + " is " + status);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_task_is_drafted_approved_sent_and_done, Night) {
  add_anna();
  start();
  arrive("order-4471", "Reply to Ines");
  await_status_of("approval/EMAIL_REPLY_order-4471", "pending");
  await_status_of("task/order-4471", "drafted");
  expect(0, "approved",
         {"approval", "approve", "EMAIL_REPLY_order-4471", "--passphrase-file", passphrase_file()});
  await_status_of("task/order-4471", "done");
  BOOST_TEST(delivered().size() == 1u);
  BOOST_TEST(trigger_of("approval/EMAIL_REPLY_order-4471") == trigger_of("task/order-4471"));
}

BOOST_FIXTURE_TEST_CASE(a_cloud_node_drafts_and_proposes_nothing, Night) {
  write_file(path("nightshift.toml"), "[node]\nrole = \"cloud\"\n");
  start({"--config", path("nightshift.toml")});
  arrive("order-4471", "Reply to Ines");
  await_status_of("draft/EMAIL_REPLY_order-4471", "drafted");
  await_status_of("task/order-4471", "drafted");
  expect(1, "only drafts", {"draft", "propose", "EMAIL_REPLY_order-4471"});
  BOOST_TEST(status_of("approval/EMAIL_REPLY_order-4471").empty());
}

BOOST_FIXTURE_TEST_CASE(what_no_agent_fits_is_in_the_inbox, Night) {
  start();
  expect(0, "waiting", {"task", "arrive", "plants", "title=Water the plants"});
  expect(0, "task/plants", {"inbox"});
  expect(0, "drafting", {"task", "assign", "plants", "agent=email"});
}

BOOST_FIXTURE_TEST_CASE(an_agent_that_would_see_the_data_folder_keeps_the_node_from_starting,
                        Night) {
  write_file(path("nightshift.toml"), "[agent.email]\ncommand = [\"/bin/sh\"]\nfiles = [\"" +
                                          folder().root().string() + "\"]\n");
  const auto ended = try_start({"--config", path("nightshift.toml")}).wait();
  BOOST_TEST(says(ended.err, "none may see"), ended.err);
}

BOOST_FIXTURE_TEST_CASE(an_agent_that_would_approve_itself_finds_neither_token_nor_node, Night) {
  add_anna();
  const std::string program = std::getenv("NIGHTSHIFT_PROGRAM");
  write_file(path("nightshift.toml"),
             "[agent.email]\ncommand = [\"/bin/sh\", \"-c\", \"find / -name admin.token -o -name "
             "node.json 2>/dev/null; " +
                 program + " --data " + folder().root().string() +
                 " approval approve EMAIL_REPLY_order-4471 2>/dev/null && echo approved; echo "
                 "found nothing\"]\n");
  start({"--config", path("nightshift.toml")});
  arrive("order-4471", "Reply to Ines");
  await_status_of("approval/EMAIL_REPLY_order-4471", "pending");
  const auto draft = run({"--json", "get", "draft/EMAIL_REPLY_order-4471"});
  const auto body = nlohmann::json::parse(draft.out).at("view").at("content").at("body");
  BOOST_TEST(body.get<std::string>() == "found nothing");
  BOOST_TEST(status_of("approval/EMAIL_REPLY_order-4471") == "pending");
  BOOST_TEST(delivered().empty());
}
