// Processes while the node is killed: never two copies of one, every survivor is adopted or ended,
// and the journal says what /proc says.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "bridges/process/keeper/proc.hpp"
#include "bridges/process/keeper/tree.hpp"
#include "bridges/process/place.hpp"
#include "tests/crash/household.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
namespace bridge = nightshift::bridges::process;
using std::chrono::milliseconds;

constexpr std::uint64_t kills_unless_said = 40;
constexpr std::size_t life_ms_max = 400;
constexpr std::size_t early_ms_max = 150;

const std::map<std::string, std::string> programs{
    {"steady", "exec sleep 1000"},
    {"crashes", "sleep 0.05; exit 1"},
    {"stubborn", "trap '' TERM; while :; do sleep 0.05; done"},
    {"forks", "(setsid sh -c 'trap \"\" TERM HUP; sleep 1000; :' &); exec sleep 1000"},
};

std::uint64_t kills_here() {
  return std::getenv("NIGHTSHIFT_KILLS") == nullptr ? kills_unless_said : chosen_kills();
}

class Estate : public Household {
 public:
  explicit Estate(std::uint64_t seed) : random_(seed) { write_file(doubles(), ""); }

  std::size_t dice(std::size_t sides) {
    return std::uniform_int_distribution<std::size_t>(1, sides)(random_);
  }
  NodeProcess start(const std::string& crash_at, milliseconds ready_within) const;
  void define_all() const;
  /// Commands at random, one after the other, until it is told to stop: those that find no node
  /// wait for the next one.
  std::jthread operate();
  /// One life of the node, which ends by a kill: while it starts, under commands, at a named point.
  void live_and_die();
  /// Empty once the journal says of everybody what /proc says; else what differs.
  std::string difference() const;
  std::filesystem::path doubles() const { return root / "doubles"; }

 private:
  /// The runs that somebody lives of, by name; the keeper's alone.
  std::map<std::string, std::set<std::string>> living() const;

  std::mt19937_64 random_;
};

NodeProcess Estate::start(const std::string& crash_at, milliseconds ready_within) const {
  Launch launch;
  launch.arguments = {"--data", folder.root().string(), "node", "--quiet", "--http", "127.0.0.1:0"};
  launch.environment = {{"NIGHTSHIFT_CRASH_AT", crash_at}, {"XDG_CONFIG_HOME", "/nonexistent"}};
  return NodeProcess::start(launch, ready_within);
}

/// Each holds a lock of its name for as long as any process of its tree lives: a second copy beside
/// a living first cannot get it, and says so.
void Estate::define_all() const {
  for (const auto& [name, script] : programs) {
    const auto guarded = "exec 9>>" + (root / ("lock-" + name)).string() +
                         "; flock -n 9 || { echo " + name + " >> " + doubles().string() +
                         "; exit 1; }; " + script;
    answer(folder, {"process", "define", name, "config.command=/bin/sh", "config.args=-c",
                    "config.args=" + guarded, "config.kill_timeout_ms=50", "config.backoff_ms=1",
                    "config.backoff_ms_max=1", "config.crash_loop_restarts=1000",
                    "config.restarts_max=1000", "start=true"});
  }
}

std::jthread Estate::operate() {
  return std::jthread([this, seed = dice(1'000'000)](const std::stop_token& over) {
    std::mt19937_64 random(seed);
    const char* verbs[]{"restart", "restart", "stop", "start", "start"};
    while (!over.stop_requested()) {
      const auto chosen =
          std::next(programs.begin(), static_cast<long>(random() % programs.size()));
      // It may be refused, or find no node in all its time: that is the point.
      run(folder, {"process", verbs[random() % std::size(verbs)], chosen->first});
    }
  });
}

void Estate::live_and_die() {
  constexpr const char* points[]{"before_append", "after_sync", "process.before_start",
                                 "process.after_start"};
  const auto way = dice(10);
  const bool named = way <= 4, early = way == 10;
  const auto point =
      named ? points[dice(std::size(points)) - 1] + (":" + std::to_string(dice(10))) : "";
  auto node = start(point, early ? milliseconds(dice(early_ms_max)) : process_deadline);
  node.ends_within(milliseconds(dice(life_ms_max)));
  node.signal(SIGKILL);
  const auto ended = node.wait();
  BOOST_TEST(ended.exit_code == 128 + SIGKILL, ended.err);
  for (const auto& [name, runs] : living()) BOOST_TEST(runs.size() == 1u, name);
}

std::map<std::string, std::set<std::string>> Estate::living() const {
  const auto place = bridge::Place::open(folder.root() / "run");
  BOOST_TEST_REQUIRE(place.has_value());
  std::map<std::string, std::set<std::string>> runs;
  for (const auto& row : bridge::read_processes()) {
    if (row.zombie) continue;
    if (bridge::started_with(row.id.pid, bridge::place_variable) != place->mark()) continue;
    const auto name = bridge::started_with(row.id.pid, "NIGHTSHIFT_PROCESS");
    const auto run = bridge::started_with(row.id.pid, bridge::run_variable);
    if (name && run) runs[*name].insert(*run);
  }
  return runs;
}

std::string Estate::difference() const {
  std::string found;
  const auto alive = living();
  for (const auto& [name, script] : programs) {
    const auto process = answer(folder, {"get", "process/" + name});
    const auto& view = process.at("view");
    const auto status = process.at("status").get<std::string>();
    std::set<std::string> wanted;
    if (status == "online") wanted.insert(view.at("run").get<std::string>());
    const auto there = alive.contains(name) ? alive.at(name) : std::set<std::string>();
    if (status != "online" && status != "stopped") found += name + " is " + status + "; ";
    if (there != wanted) {
      found += name + " is " + status + ", and " + std::to_string(there.size()) + " runs live; ";
    }
    if (status != "online") continue;
    const auto row = bridge::read_process(view.at("pid").get<pid_t>());
    if (!row || row->zombie) found += name + " has a pid that nobody has; ";
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(processes_outlive_a_killed_node_and_are_never_two) {
  const auto kills = kills_here();
  const auto seed = chosen_seed();
  BOOST_TEST_CONTEXT("NIGHTSHIFT_SEED=" << seed << " NIGHTSHIFT_KILLS=" << kills) {
    Estate estate(seed);
    {
      auto node = estate.start("", process_deadline);
      estate.define_all();
      node.signal(SIGKILL);
      node.wait();
    }
    auto operating = estate.operate();
    for (std::uint64_t kill = 0; kill < kills; ++kill) estate.live_and_die();
    operating.request_stop();
    auto node = estate.start("", process_deadline);
    BOOST_TEST_REQUIRE(node.ready());
    operating.join();
    run(estate.folder, {"process", "start", "steady"});
    run(estate.folder, {"process", "start", "forks"});
    run(estate.folder, {"process", "stop", "crashes"});
    std::string differs;
    const auto agrees = [&] { return (differs = estate.difference()).empty(); };
    try {
      eventually(agrees, "journal and /proc agree");
    } catch (...) {
      BOOST_TEST_MESSAGE(differs);
      throw;
    }
    BOOST_TEST(read_file(estate.doubles()) == "", "two copies at once");
    node.signal(SIGTERM);
    BOOST_TEST(node.wait().exit_code == 0);
    const auto place = bridge::Place::open(estate.folder.root() / "run");
    BOOST_TEST(bridge::find_strays(place->mark()).empty());
  }
}
