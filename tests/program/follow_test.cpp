// Events as they happen, over a node that is killed and comes back elsewhere.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/program/house.hpp"

namespace {

using namespace nightshift::tests;

/// Offsets of the events that a follower wrote, in the order of its lines.
std::vector<std::uint64_t> offsets(const std::string& shown) {
  std::vector<std::uint64_t> all;
  std::istringstream lines(shown);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('{')) continue;
    all.push_back(nlohmann::json::parse(line).at("offset").get<std::uint64_t>());
  }
  return all;
}

struct Followed : House {
  Followed() { start(); }

  std::function<void(pid_t, int)> propose_one(const std::string& id) {
    return [this, id](pid_t, int) { propose(id); };
  }
  void come_back() {
    node().signal(SIGKILL);
    (void)node().wait();
    start();
  }
  static void end(pid_t program, int) { ::kill(program, SIGINT); }
  static std::string seen(const std::string& id) { return "\"id\":\"" + id + "\""; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_follower_sees_every_event_once_over_restarts_of_its_node, Followed) {
  propose("first");
  const auto again = [&](const std::string& id) {
    return [this, id](pid_t, int) {
      come_back();
      propose(id);
    };
  };
  const auto ended = on_terminal({"--json", "log", "--follow", "--limit", "1000"},
                                 {{seen("first"), "", propose_one("second")},
                                  {seen("second"), "", again("third")},
                                  {seen("third"), "", again("fourth")},
                                  {seen("fourth"), "", propose_one("fifth")},
                                  {seen("fifth"), "", end}});
  BOOST_TEST(ended.exit_code == 128 + SIGINT);
  BOOST_TEST(says(ended.out, "waiting for the node"), ended.out);
  const auto all = offsets(ended.out);
  BOOST_TEST_REQUIRE(all.size() >= 5u);
  for (std::size_t i = 0; i < all.size(); ++i) BOOST_TEST(all[i] == all[0] + i);
  BOOST_TEST(all[0] == 1u);
}

BOOST_FIXTURE_TEST_CASE(one_entity_is_followed_alone, Followed) {
  propose("mine");
  const auto other_then_mine = [this](pid_t, int) {
    come_back();
    propose("another");
    expect(0, "withdrawn", {"approval", "withdraw", "mine"});
  };
  const auto ended = on_terminal({"--json", "log", "--follow", "approval/mine"},
                                 {{seen("mine"), "", other_then_mine}, {"Withdrawn", "", end}});
  BOOST_TEST(offsets(ended.out).size() == 2u, ended.out);
  BOOST_TEST(!says(ended.out, "another"), ended.out);
}

BOOST_FIXTURE_TEST_CASE(a_node_that_is_not_there_or_refuses_is_not_waited_for, Followed) {
  expect(5, "token", {"--token", "nonsense", "log", "--follow"});
  stop();
  expect(6, "nightshift up", {"log", "--follow"});
}
