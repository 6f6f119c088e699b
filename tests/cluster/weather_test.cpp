// Two nodes over a bad line, now and then killed: nothing is lost, nothing done twice, and both
// have the other's journal in the end. NIGHTSHIFT_CYCLES says how often; NIGHTSHIFT_SEED which
// weather.
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/cluster/site.hpp"
#include "tests/cluster/weather.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace nightshift::tests;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Couple {
  explicit Couple(std::uint64_t seed) {
    BOOST_TEST_REQUIRE(laptop.run({"cluster", "init"}).exit_code == 0);
    const auto file = laptop.path("cloud.invitation").string();
    BOOST_TEST_REQUIRE(
        laptop.run({"cluster", "invite", "cloud", "--role", "cloud", "--out", file}).exit_code ==
        0);
    BOOST_TEST_REQUIRE(cloud.run({"cluster", "join", file}).exit_code == 0);
    laptop.start({"--cluster", "127.0.0.1:0"});
    weather.emplace(laptop.cluster_address(), seed);
    start_cloud();
    eventually([&] { return laptop.is_with("cloud"); }, "both met");
  }
  void start_cloud() { cloud.start({"--peers", "laptop=" + weather->address()}); }
  void kill_laptop() {
    const auto address = laptop.cluster_address();
    laptop.kill();
    laptop.start({"--cluster", address});
    weather->lead_to(laptop.cluster_address());
  }
  void kill_cloud() {
    cloud.kill();
    start_cloud();
  }
  /// Each has the whole journal of the other, and nothing waits.
  bool are_level() const {
    for (const auto& [site, name] : {std::pair(&laptop, "cloud"), std::pair(&cloud, "laptop")}) {
      const auto peer = site->peer(name);
      if (!peer || !peer->contains("log") || !peer->contains("outbox")) return false;
      const auto& log = peer->at("log");
      const auto& outbox = peer->at("outbox");
      if (log.at("behind") != 0 || log.at("offset") != log.at("newest")) return false;
      if (outbox.at("waiting") != 0 || outbox.at("tells") != 0) return false;
    }
    return true;
  }

  Site laptop{"laptop", "local"};
  Site cloud{"cloud", "cloud"};
  std::optional<Weather> weather;
};

}  // namespace

BOOST_AUTO_TEST_CASE(over_a_bad_line_and_kills_everything_arrives_once) {
  const auto seed = number_of("NIGHTSHIFT_SEED", std::random_device{}());
  const auto cycles = number_of("NIGHTSHIFT_CYCLES", 4);
  BOOST_TEST_CONTEXT("seed " << seed) {
    Dice dice(seed);
    Couple couple(seed);
    int drafts = 0;
    for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
      couple.weather->storm(true);
      couple.weather->part(dice.chance(30));
      for (int i = 0; i < 4; ++i) {
        const auto id = "d" + std::to_string(drafts++);
        const auto written =
            couple.cloud.run({"draft", "write", id, "channel=linkedin", "body=We have moved."});
        BOOST_TEST_REQUIRE(written.exit_code == 0, written.err);
      }
      if (dice.chance(40)) couple.kill_laptop();
      if (dice.chance(40)) couple.kill_cloud();
      couple.weather->part(false);
      couple.weather->storm(false);
      for (int i = drafts - 4; i < drafts; ++i) {
        const auto entity = "approval/d" + std::to_string(i);
        const auto there = [&] { return couple.laptop.run({"get", entity}).exit_code == 0; };
        eventually(there, entity + " arrived");
        BOOST_TEST(couple.laptop.told({"get", entity}).at("sequence") == 1);
      }
      eventually([&] { return couple.are_level(); }, "both have everything");
    }
    for (const auto* site : {&couple.laptop, &couple.cloud}) {
      BOOST_TEST(site->told({"cluster", "status"}).at("sessions").at("offences").empty());
    }
    BOOST_TEST_MESSAGE(couple.weather->cuts() << " cuts");
  }
}
