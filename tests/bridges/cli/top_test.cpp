// What a node does, shown once.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/bridges/cli/played_node.hpp"

namespace {

using namespace nightshift::bridges::cli::tests;

/// Has accepted ten commands more whenever it is asked; started anew where `boot` grows.
class Busy {
 public:
  Answered operator()(const Asked& asked) {
    if (asked.target == "/v1/node") {
      accepted_ += 10;
      return {200, R"({"name":"lap\u001b[2Jtop","role":"local","version":"1.2.3","boot_epoch":)" +
                       std::to_string(boot_) + R"(,"stats":{"commands_accepted":)" +
                       std::to_string(accepted_) + R"(,"parts_restarted":7}})"};
    }
    if (asked.target == "/v1/census") {
      return {200, R"({"items":[{"kind":"approval","status":"pending","count":8},
                      {"kind":"approval","status":"sent","count":100000,"more":true},
                      {"kind":"principal","status":"active","count":0}]})"};
    }
    if (asked.target.starts_with("/v1/inbox")) {
      return {200, R"({"items":[{"kind":"approval","id":"offer","status":"pending",
                      "since":"2026-11-21T07:00:00Z","awaits":"read it"}],"tells":[],"next":"n"})"};
    }
    return {200, R"({"items":[{"path":"node","state":"running","restarts":0},
                    {"path":"node/work","state":"running","restarts":2,"last_error":"killed"}]})"};
  }

 private:
  int accepted_ = 0;
  int boot_ = 3;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_snapshot_shows_entities_by_status_rates_what_waits_and_what_was_restarted) {
  const PlayedNode node([busy = std::make_shared<Busy>()](const Asked& a) { return (*busy)(a); });
  const CommandLine line;
  const auto run = line.run({"--url", node.url(), "--token", "t", "top", "--once"});
  BOOST_TEST(run.exit_code == 0, run.err);
  for (const auto* part :
       {"node lap\\x1b[2Jtop (local), version 1.2.3", "accepted 20", "pending 8  sent 100000+",
        "principal  none", "approval/offer  pending", "read it", "and more: nightshift inbox",
        "node/work  running  2         killed", "restarted 7"}) {
    BOOST_TEST(says(run.out, part), part << " is not in: " << run.out);
  }
  BOOST_TEST(!says(run.out, "\x1b"), "what a terminal obeys is shown, not passed on");
  BOOST_TEST(!says(run.out, "-/s"), "ten more than a second before: " << run.out);
  BOOST_TEST(!says(run.out, "commands  0.0/s"), run.out);
}

BOOST_AUTO_TEST_CASE(for_programs_the_same_is_one_document) {
  const PlayedNode node([busy = std::make_shared<Busy>()](const Asked& a) { return (*busy)(a); });
  const CommandLine line;
  const auto run = line.run({"--url", node.url(), "--token", "t", "--json", "top"});
  BOOST_TEST_REQUIRE(run.exit_code == 0, run.err);
  const auto json = nlohmann::json::parse(run.out);
  BOOST_TEST(json["node"]["stats"]["commands_accepted"] == 20);
  BOOST_TEST(json["rates"]["commands_accepted_per_s"].get<double>() > 0.1);
  BOOST_TEST(json["census"].size() == 3u);
  BOOST_TEST(json["inbox"][0]["id"] == "offer");
  BOOST_TEST(json["not_running"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_node_a_snapshot_ends_with_6) {
  const CommandLine line;
  const auto run = line.run({"top", "--once"});
  BOOST_TEST(run.exit_code == 6, run.err);
  BOOST_TEST(says(run.err, "nightshift up"), run.err);
}
