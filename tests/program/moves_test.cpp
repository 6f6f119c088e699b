// Moves in the vault that decide, on the whole program; and where they are refused.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;
namespace fs = std::filesystem;

struct Moving : House {
  Moving() {
    environment["NIGHTSHIFT_VAULT__PATH"] = path("vault");
    environment["NIGHTSHIFT_VAULT__OWNER"] = "anna";
    environment["NIGHTSHIFT_VAULT__DECISIONS"] = "move";
  }

  std::string waiting(const std::string& id) const {
    return path("vault/Pending_Approval/Email/" + id + ".md");
  }
  /// The bridge reads a file again some time after it has written it; whoever moves it earlier than
  /// that is asked to do it again.
  void move_until(const std::string& id, const std::string& wanted) const {
    const auto moved = [&] {
      if (status(id) == wanted) return true;
      std::error_code gone;
      fs::rename(waiting(id), path("vault/Approved/" + id + ".md"), gone);
      return false;
    };
    eventually(moved, id + " is " + wanted);
  }
  void refuses(const std::string& why, std::vector<std::string> more = {}) const {
    const auto ended = try_start(std::move(more)).wait();
    BOOST_TEST(ended.exit_code != 0);
    BOOST_TEST(says(ended.err, "would prove nothing"), ended.err);
    BOOST_TEST(says(ended.err, why), ended.err);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_move_of_the_owner_sends_and_says_how_it_was_approved, Moving) {
  add_anna();
  start();
  propose("OFFER");
  eventually([&] { return fs::exists(waiting("OFFER")); }, "its file waits");
  move_until("OFFER", "sent");
  const auto view = nlohmann::json::parse(run({"--json", "get", "approval/OFFER"}).out).at("view");
  BOOST_TEST(view.at("proof").get<std::string>() == "move");
  BOOST_TEST(view.at("decided_by").at(0).get<std::string>() == "anna");
  eventually([&] { return fs::exists(path("vault/Done/OFFER.md")); }, "its file is done");
  expect(0, "anna", {"why", "approval/OFFER"});
  stop();
}

BOOST_FIXTURE_TEST_CASE(a_move_of_a_stranger_sends_nothing, Moving) {
  start();
  propose("OFFER");
  eventually([&] { return fs::exists(waiting("OFFER")); }, "its file waits");
  // Nobody can approve yet, so nobody's move does.
  const auto told = [&] {
    // Asking takes long enough for the bridge to read a file again that was put back.
    BOOST_TEST(status("OFFER") == "pending");
    std::error_code gone;
    fs::rename(waiting("OFFER"), path("vault/Approved/OFFER.md"), gone);
    const auto errors = path("vault/Logs/Local/errors.md");
    return fs::exists(errors) && says(read_file(errors), "anna is no approver of this node");
  };
  eventually(told, "the move is put back");
  eventually([&] { return fs::exists(waiting("OFFER")); }, "its file is back");
  stop();
}

BOOST_FIXTURE_TEST_CASE(a_move_while_the_node_was_down_sends_nothing, Moving) {
  add_anna();
  start();
  propose("OFFER");
  eventually([&] { return fs::exists(waiting("OFFER")); }, "its file waits");
  stop();
  fs::rename(waiting("OFFER"), path("vault/Approved/OFFER.md"));
  start();
  eventually([&] { return fs::exists(waiting("OFFER")); }, "its file is back again");
  BOOST_TEST(status("OFFER") == "pending");
  stop();
}

BOOST_FIXTURE_TEST_CASE(where_others_could_have_moved_it_the_node_does_not_start, Moving) {
  start();
  stop();
  const auto approved = path("vault/Approved");
  fs::permissions(approved, fs::perms::others_write, fs::perm_options::add);
  refuses(approved + " can be written by others");
  fs::permissions(approved, fs::perms::others_write, fs::perm_options::remove);
  start();
  stop();
  write_file(path("nightshift.toml"), "[process.helper]\ncommand = \"/bin/cat\"\n");
  refuses("process/helper runs as the user of the node", {"--config", path("nightshift.toml")});
  write_file(path("nightshift.toml"), "[mcp.files]\ncommand = \"/bin/cat\"\n");
  refuses("process/mcp-files runs as the user of the node", {"--config", path("nightshift.toml")});
}

BOOST_FIXTURE_TEST_CASE(a_cloud_node_lets_no_move_decide, Moving) {
  write_file(path("nightshift.toml"), "[node]\nrole = \"cloud\"\n");
  refuses("a cloud node only drafts", {"--config", path("nightshift.toml")});
}
