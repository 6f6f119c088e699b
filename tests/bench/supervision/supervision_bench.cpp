// From the kill of an actor to the first answer after it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "runtime/node.hpp"
#include "storage/rocks.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using Clock = std::chrono::steady_clock;
using runtime::supervision::PartState;

constexpr int kills = 200;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

void print(const std::string& name, std::vector<double> took) {
  std::ranges::sort(took);
  std::printf("supervision/%s_p50\t%.0f\tus\n", name.c_str(), took[took.size() / 2]);
  std::printf("supervision/%s_p99\t%.0f\tus\n", name.c_str(), took[took.size() * 99 / 100]);
  std::fflush(stdout);
}

class Bench {
 public:
  Bench() {
    storage::RocksOptions rocks;
    rocks.path = folder_ / "journal";
    rocks.identity.emplace();
    rocks.identity->set_node("bench");
    rocks.identity->set_role("local");
    rocks.identity->set_log_id("0123456789abcdef0123456789abcdef");
    const auto clock = std::make_shared<runtime::SystemClock>();
    rocks.now = [clock] { return clock->now(); };
    auto catalog = std::make_shared<runtime::Catalog>();
    catalog->add(counter_kind());
    node_ = std::move(*runtime::start_node(std::move(*storage::open_rocks(std::move(rocks))),
                                           catalog, clock, {}, {}));
    add_->set_by(1);
    ask();
  }

  /// Until there is an answer: what was killed under it says so, and is asked again.
  void ask() {
    for (;;) {
      runtime::Command command;
      command.entity = {"counter", "c"};
      command.body = add_;
      command.caller.principal = "bench";
      command.caller.scopes = {SCOPE_OPERATE};
      if (node_->call(std::move(command), std::chrono::minutes(1))) return;
    }
  }

  void measure(const std::string& name, const std::string& path) {
    std::vector<double> answered, whole;
    for (int i = 0; i < kills; ++i) {
      const auto before = restarts();
      const auto start = Clock::now();
      if (!node_->tree().kill(path)) std::exit(1);
      ask();
      answered.push_back(microseconds_since(start));
      while (restarts() == before || !is_whole()) std::this_thread::yield();
      whole.push_back(microseconds_since(start));
    }
    print(name + "_to_answer", std::move(answered));
    print(name + "_to_whole", std::move(whole));
  }

  void measure_alone() {
    std::vector<double> took;
    for (int i = 0; i < kills; ++i) {
      const auto start = Clock::now();
      ask();
      took.push_back(microseconds_since(start));
    }
    print("nothing_killed_to_answer", std::move(took));
  }

 private:
  std::uint64_t restarts() const {
    const auto stats = node_->stats();
    return stats.parts_restarted + stats.entities_restarted;
  }
  bool is_whole() {
    return std::ranges::all_of(node_->tree().view(),
                               [](const auto& part) { return part.state == PartState::running; });
  }

  TemporaryFolder folder_;
  std::shared_ptr<counter_pb::Add> add_ = std::make_shared<counter_pb::Add>();
  std::unique_ptr<runtime::Node> node_;
};

}  // namespace

int main() {
  Bench bench;
  bench.measure_alone();
  bench.measure("entity", "entities/counter/c");
  bench.measure("completion", "work/completion");
  bench.measure("router", "entities/router");
  bench.measure("work", "work");
}
