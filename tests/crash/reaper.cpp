// Starts the node and kills it.
#include "tests/crash/reaper.hpp"

#include <signal.h>

#include <array>

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using std::chrono::milliseconds;

/// docs/operations.md, "Crash points".
constexpr std::array common_points{
    "before_decide",   "after_decide",   "before_append",   "after_sync",     "before_answer",
    "before_dispatch", "after_dispatch", "before_delivery", "after_delivery", "before_ended"};

constexpr milliseconds load_time_max{3'000};
/// What effects may take once the commands of a life are through.
constexpr milliseconds effects_time{200};
constexpr milliseconds start_time_max{150};

}  // namespace

Reaper::Reaper(const runtime::DataFolder& folder, std::uint64_t seed, Ledger& ledger,
               const std::vector<std::string>& more)
    : folder_(folder),
      random_(seed),
      ledger_(ledger),
      points_(common_points.begin(), common_points.end()) {
  points_.insert(points_.end(), more.begin(), more.end());
}

NodeProcess Reaper::start(const std::string& crash_at, milliseconds ready_within) {
  Launch launch;
  launch.arguments = {"--data",     folder_.root().string(), "node", "--quiet", "--http",
                      "127.0.0.1:0"};
  launch.environment = {{"NIGHTSHIFT_CRASH_AT", crash_at}, {"XDG_CONFIG_HOME", "/nonexistent"}};
  auto node = NodeProcess::start(launch, ready_within);
  if (node.ready()) ledger_.set_base("http://" + node.address());
  return node;
}

bool Reaper::dies_by_itself(NodeProcess& node, std::size_t commands) {
  const auto give_up = std::chrono::steady_clock::now() + load_time_max;
  while (ledger_.count() < commands && std::chrono::steady_clock::now() < give_up) {
    if (node.ends_within(milliseconds(10))) return true;
  }
  return node.ends_within(effects_time);
}

void Reaper::live_and_die(std::size_t commands) {
  const auto before = ledger_.count();
  ledger_.allow(commands);
  const auto way = dice(10);
  const bool named = way <= 6, early = way == 10;
  const auto& point = points_[dice(points_.size()) - 1];
  auto node = start(named ? point + ":" + std::to_string(dice(20)) : "",
                    early ? milliseconds(dice(start_time_max.count())) : process_deadline);
  if (named && dies_by_itself(node, commands)) ++at_named_points_;
  if (!named && !early) ledger_.await(before + dice(commands - before + 1) - 1, load_time_max);
  node.signal(SIGKILL);
  const auto ended = node.wait();
  if (ended.exit_code != 128 + SIGKILL) {
    ledger_.wrong("the node ended by itself with " + std::to_string(ended.exit_code) + ": " +
                  ended.err);
  }
}

NodeProcess Reaper::live() {
  auto node = start("", process_deadline);
  if (!node.ready()) ledger_.wrong("the node did not start: " + node.wait().err);
  return node;
}

NodeProcess Reaper::reap(std::uint64_t kills, std::size_t commands_per_kill,
                         std::vector<std::jthread> clients) {
  for (std::uint64_t kill = 1; kill <= kills && ledger_.wrongs().empty(); ++kill) {
    live_and_die(kill * commands_per_kill);
  }
  auto node = live();
  ledger_.allow(kills * commands_per_kill);
  clients.clear();
  for (const auto& wrong : ledger_.wrongs()) BOOST_ERROR(wrong);
  BOOST_TEST_REQUIRE(ledger_.wrongs().empty());
  return node;
}

}  // namespace nightshift::tests
