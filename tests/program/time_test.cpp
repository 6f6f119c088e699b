// The past beside a running node: replay, why, audit.
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::tests;
using nlohmann::json;

json parsed(const Ended& ended) { return json::parse(ended.out); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_replay_shows_what_was_and_at_the_head_what_is) {
  House house;
  house.add_anna();
  house.start();
  for (const char* id : {"e", "a", "d", "b", "c"}) house.propose(id);
  house.expect(0, "", {"approval", "edit", "a", "title=Changed"});
  const auto live = parsed(house.run({"--json", "get", "approval/a"}));
  const auto head = std::to_string(live.at("offset").get<int>());
  const auto now = parsed(house.run({"--json", "replay", "--at", head, "get", "approval/a"}));
  BOOST_TEST(now.at("view") == live.at("view"));
  BOOST_TEST(now.at("sequence") == live.at("sequence"));
  BOOST_TEST(now.at("status") == live.at("status"));
  const auto before = std::to_string(live.at("offset").get<int>() - 1);
  const auto then = parsed(house.run({"--json", "replay", "--at", before, "get", "approval/a"}));
  BOOST_TEST(then.at("view").at("title").get<std::string>() == "Offer a");
  const auto all = parsed(house.run({"--json", "list", "approval"})).at("items");
  const auto replayed =
      parsed(house.run({"--json", "replay", "--at", head, "list", "approval"})).at("items");
  BOOST_TEST(replayed.size() == 5u);
  for (std::size_t i = 0; i < replayed.size(); ++i) {
    BOOST_TEST(replayed[i].at("view") == all[i].at("view"));
  }
  house.expect(0, "Changed",
               {"replay", "--at", head, "list", "approval", "--where", "status=pending"});
  house.expect(0, "nothing found",
               {"replay", "--at", head, "list", "approval", "--where", "status=sent"});
  house.expect(0, "was proposed", {"replay", "--at", before, "why", "approval/a"});
  house.expect(3, "did not exist then", {"replay", "--at", "1", "get", "approval/a"});
  house.expect(0, "Changed", {"replay", "--at", "2999-01-01T00:00:00Z", "get", "approval/a"});
  house.expect(3, "did not exist then",
               {"replay", "--at", "2001-01-01T00:00:00Z", "get", "approval/a"});
}

BOOST_AUTO_TEST_CASE(an_audit_runs_beside_the_node_and_against_a_kept_head) {
  House house;
  house.start();
  house.propose("a");
  const auto head = house.run({"audit", "head"}).out;
  write_file(house.path("head"), head);
  house.propose("b");
  house.expect(0, "whole", {"audit", "verify"});
  house.expect(0, "with the head that was kept", {"audit", "verify", "--head", house.path("head")});
  house.stop();
  house.expect(0, "whole",
               {"audit", "verify", house.folder().root().string(), "--head", house.path("head")});
  House other;
  other.start();
  other.propose("a");
  other.expect(1, "corrupt", {"audit", "verify", "--head", house.path("head")});
  write_file(house.path("head"), "no head at all\n");
  other.expect(1, "", {"audit", "verify", "--head", house.path("head")});
}

BOOST_AUTO_TEST_CASE(the_log_shows_the_newest_events_last) {
  House house;
  house.start();
  house.propose("a");
  house.propose("b");
  const auto log = house.run({"log", "--limit", "1"}).out;
  BOOST_TEST(!says(log, "approval/a"), log);
  BOOST_TEST(says(log, "approval/b"), log);
  const auto own = house.run({"log", "approval/a"}).out;
  BOOST_TEST(says(own, "approval/a"), own);
  BOOST_TEST(!says(own, "approval/b"), own);
}
