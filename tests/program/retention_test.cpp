// What leaves the journal of a running node: shown first, held, archived, read again; and killed at
// every step of it.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>

#include "bridges/vault/outbox.hpp"
#include "messages/approval.pb.h"
#include "runtime/clock.hpp"
#include "tests/program/house.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;

template <class Message>
void call(runtime::Node& node, const std::string& id, const Message& message) {
  runtime::Command command;
  command.entity = {"approval", id};
  command.body = std::make_shared<Message>(message);
  command.caller = kernel::Caller::of_host();
  must(node.call(std::move(command), std::chrono::minutes(1)));
}

/// A node whose journal begins a hundred days ago.
struct Archive : House {
  Archive() {
    environment["NIGHTSHIFT_RETENTION__KEEP"] = "30d";
    environment["NIGHTSHIFT_RETENTION__PATH"] = path("archives");
    const auto clock = std::make_shared<runtime::ManualClock>(runtime::SystemClock().now() -
                                                              std::chrono::days(100));
    BOOST_REQUIRE(folder().create());
    const auto node =
        must(runtime::start_node(open_journal(folder().journal(), "here", clock), all_kinds(),
                                 clock, {must(bridges::vault::Outbox::open(path("Outbox")))}, {}));
    approval::Propose propose;
    propose.set_title("Offer");
    propose.set_category(approval::CATEGORY_EMAIL);
    propose.add_to("bob@example.org");
    propose.set_body("Dear Bob.\n");
    for (const auto* id : {"first", "second", "waiting"}) call(*node, id, propose);
    for (const auto* id : {"first", "second"}) call(*node, id, approval::Withdraw());
  }

  std::string archive() const {
    for (const auto& file : fs::directory_iterator(path("archives"))) return file.path().string();
    return {};
  }
  Ended verify(const std::string& file) const {
    const fs::path program = std::getenv("NIGHTSHIFT_PROGRAM");
    return run_program(
        {{file}, environment, 0, (program.parent_path() / "nightshift-verify").string()});
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(archiving, Archive)

BOOST_AUTO_TEST_CASE(what_is_old_goes_to_a_file_from_which_it_can_be_read) {
  start();
  expect(0, "approval/second", {"retention", "--dry-run"});
  expect(0, "it is pending, which is no end", {"retention", "--dry-run"});
  expect(2, "is neither KIND/ID nor KIND/*", {"hold", "set", "approval", "--reason", "x"});
  expect(0, "is under hold", {"hold", "set", "approval/second", "--reason", "a court asks"});
  expect(0, "a court asks", {"hold", "list"});
  expect(0, "under hold: a court asks", {"retention", "--dry-run"});
  expect(0, "1 entities with 2 events went to 1 archives", {"retention"});
  const auto file = archive();
  const auto name = fs::path(file).filename().string();
  expect(3, name, {"get", "approval/first"});
  expect(3, "was archived on", {"why", "approval/first"});
  expect(3, "was archived on", {"approval", "propose", "first", "title=Again", "category=email"});
  expect(0, "withdrawn", {"get", "approval/second"});
  expect(0, "2 of them are archived", {"audit", "verify"});
  expect(0, "was withdrawn", {"audit", "show", file, "approval/first"});
  expect(3, "holds nothing of approval/second", {"audit", "show", file, "approval/second"});
  expect(0, "moved 1 of approval to " + name, {"why", "custody/approval"});
  expect(0, "came under hold", {"log"});
  const auto verified = verify(file);
  BOOST_TEST(verified.exit_code == 0, verified.out << verified.err);
  BOOST_TEST(says(verified.out, "whole: archive of "), verified.out);
  expect(4, "", {"approval", "withdraw", "second"});
  expect(0, "is released", {"hold", "release", "approval/second", "--reason", "it is over"});
  expect(0, "1 entities", {"retention"});
  expect(3, "was archived on", {"get", "approval/second"});
  stop();
  expect(0, "4 of them are archived", {"audit", "verify"});
}

BOOST_AUTO_TEST_CASE(a_kill_at_any_step_loses_nothing_and_the_next_run_ends_it) {
  for (const auto* point : {"archive_written", "archive_checked", "after_archival"}) {
    environment["NIGHTSHIFT_CRASH_AT"] = std::string(point) + ":1";
    start();
    // One at a time: each kill finds another to archive.
    const auto left = run({"--json", "list", "approval", "--where", "status=withdrawn"});
    const bool some = says(left.out, "withdrawn");
    if (some) run({"retention"});
    if (some) BOOST_TEST(node().wait().exit_code == 128 + SIGKILL);
    environment.erase("NIGHTSHIFT_CRASH_AT");
    start();
    expect(0, "whole: journal of ", {"audit", "verify"});
    for (const auto* id : {"first", "second"}) {
      const auto got = run({"get", std::string("approval/") + id});
      BOOST_TEST((got.exit_code == 0 || says(got.err, "was archived on")), got.err);
    }
    stop();
  }
  start();
  expect(0, "0 entities", {"retention"});
  expect(3, "was archived on", {"get", "approval/first"});
  expect(3, "was archived on", {"get", "approval/second"});
  expect(0, "4 of them are archived", {"audit", "verify"});
  for (const auto& file : fs::directory_iterator(path("archives")))
    BOOST_TEST(verify(file.path().string()).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(without_a_time_to_keep_it_says_so) {
  environment.erase("NIGHTSHIFT_RETENTION__KEEP");
  start();
  expect(2, "[retention] keep", {"retention"});
  expect(2, "[retention] keep", {"retention", "--dry-run"});
  stop();
  environment["NIGHTSHIFT_RETENTION__KEEP"] = "7d";
  BOOST_TEST(says(try_start().wait().err, "must be a number of days from \"8d\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
