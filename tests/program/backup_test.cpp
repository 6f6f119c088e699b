// Backups and restores as people make them: on a running node, and into another folder.
#include <signal.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

struct Backups : House {
  /// The command line on the restored folder.
  Ended there(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", path("restored")});
    return run_program({std::move(arguments), environment, 0});
  }
  nlohmann::json listed() const {
    return nlohmann::json::parse(expect(0, "", {"--json", "backup"}).out);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backups, Backups)

BOOST_AUTO_TEST_CASE(a_backup_of_a_busy_node_is_a_node_again) {
  add_anna();
  start();
  propose("before");
  std::atomic<bool> enough = false;
  std::thread load([&] {
    for (int i = 0; !enough; ++i)
      run({"approval", "propose", "load-" + std::to_string(i), "title=Load", "category=email",
           "to=bob@example.org", "body=Dear Bob.\n"});
  });
  expect(0, "keep elsewhere what is not in it", {"backup", path("saved")});
  enough = true;
  load.join();
  propose("after");
  const auto head = expect(0, "nightshift.head.v1", {"audit", "head", path("saved")}).out;
  expect(1, "is there already", {"backup", path("saved")});
  expect(1, "lies in the data folder", {"backup", folder().root().string() + "/saved"});
  stop();
  expect(0, "saved", {"backup", path("saved-too")});

  const auto restored = there({"restore", path("saved")});
  BOOST_TEST(restored.exit_code == 0, restored.err);
  BOOST_TEST(says(restored.out, "its log goes on as "), restored.out);
  write_file(path("head"), head);
  const auto audit = there({"audit", "verify", "--head", path("head")});
  BOOST_TEST(audit.exit_code == 0, audit.out << audit.err);
  BOOST_TEST(there({"restore", path("saved")}).exit_code == 1);
  auto node = NodeProcess::start(
      {{"--data", path("restored"), "node", "--quiet", "--http", "127.0.0.1:0"}, environment, 0});
  BOOST_REQUIRE(node.ready());
  BOOST_TEST(says(there({"get", "approval/before"}).out, "pending"));
  BOOST_TEST(there({"get", "approval/after"}).exit_code == 3);
  const auto newest = nlohmann::json::parse(there({"--json", "log", "--limit", "1"}).out);
  const auto position = newest.at("position").get<std::string>();
  BOOST_TEST(says(restored.out, position.substr(0, position.find(':'))), position);
  node.signal(SIGTERM);
  BOOST_TEST(node.wait().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(scheduled_ones_are_listed_with_their_rehearsal) {
  environment["NIGHTSHIFT_BACKUP__PATH"] = path("backups");
  start();
  eventually(
      [&] {
        const auto items = listed().at("items");
        return items.size() == 1 && items.at(0).value("rehearsal", "") == "passed";
      },
      "the first backup was rehearsed");
  expect(0, "passed", {"backup"});
  expect(0, "next: ", {"backup"});
  expect(0, "bridges/backups", {"tree"});
  stop();
  environment["NIGHTSHIFT_BACKUP__AT"] = "26:00";
  BOOST_TEST(says(try_start().wait().err, "must be a time of day such as \"02:00\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
