// Reservations on one budget, and sums over a million calls.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <string>

#include "actors/all.hpp"
#include "bridges/http/usage_sums.hpp"
#include "messages/usage.pb.h"
#include "runtime/node.hpp"
#include "storage/rocks.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/world.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using Clock = std::chrono::steady_clock;
using Message = std::shared_ptr<const google::protobuf::Message>;

constexpr std::ptrdiff_t callers = 64;
constexpr int pairs = 20'000;

int calls_counted() {
  const auto* set = std::getenv("NIGHTSHIFT_BENCH_CALLS");
  return set == nullptr ? 1'000'000 : std::atoi(set);
}

void print(const std::string& name, double value, const char* unit, const char* peer = "",
           double peer_value = 0) {
  if (*peer == '\0') {
    std::printf("usage/%s\t%.1f\t%s\n", name.c_str(), value, unit);
  } else {
    std::printf("usage/%s\t%.1f\t%s\t%s\t%.1f\n", name.c_str(), value, unit, peer, peer_value);
  }
  std::fflush(stdout);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
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
    actors::register_all(*catalog);
    catalog->add(counter_kind());
    runtime::NodeOptions options;
    options.data = World().node.data;
    node_ = std::move(*runtime::start_node(std::move(*storage::open_rocks(std::move(rocks))),
                                           catalog, clock, {}, std::move(options)));
  }

  /// `reserve`, then `settle`, as callers do: 64 at once.
  double commands_per_s_on_a_budget() {
    usage::SetBudget budget;
    budget.set_window(usage::WINDOW_MONTH);
    budget.set_micro_usd(1'000'000'000'000);
    send({"usage", "m"}, std::make_shared<usage::SetBudget>(budget), [] {});
    const auto start = Clock::now();
    for (int i = 0; i < pairs; ++i) {
      auto reserve = std::make_shared<usage::Reserve>();
      reserve->set_key("k" + std::to_string(i));
      reserve->set_micro_usd(1000);
      room_.acquire();
      send({"usage", "m"}, reserve, [this, key = reserve->key()] { settle(key); });
    }
    wait_for_all();
    return 2 * pairs / seconds_since(start);
  }

  double commands_per_s_on_a_counter() {
    const auto add = std::make_shared<counter_pb::Add>();
    add->set_by(1);
    const auto start = Clock::now();
    for (int i = 0; i < 2 * pairs; ++i) {
      room_.acquire();
      send({"counter", "c"}, add, [this] { room_.release(); });
    }
    wait_for_all();
    return 2 * pairs / seconds_since(start);
  }

  /// Over a year, by 16 agents.
  void record(int calls) {
    Dice dice(1);
    const auto year = std::chrono::hours(24 * 300);
    const auto first = World().now - year;
    for (int i = 0; i < calls; ++i) {
      auto call = std::make_shared<usage::Record>();
      call->set_model(dice.chance(50) ? "haiku" : "opus");
      call->set_input_tokens(static_cast<std::uint32_t>(dice.roll(100'000)));
      call->set_output_tokens(static_cast<std::uint32_t>(dice.roll(5'000)));
      call->set_task_type("task-" + std::to_string(dice.roll(6)));
      *call->mutable_at() = to_proto(first + year / calls * i);
      room_.acquire();
      send({"usage", "agent-" + std::to_string(dice.roll(16))}, call, [this] { room_.release(); });
    }
    wait_for_all();
  }

  double ms_of_sums(bridges::http::UsageCalls& calls, std::string_view by) {
    const auto start = Clock::now();
    const auto zone = runtime::Zone::find("America/New_York");
    const auto grouping = bridges::http::Grouping::make(by, *zone);
    const auto read =
        calls.visit({Time::min(), Time::max()},
                    [&](const auto& call, const auto& names) { grouping->add(call, names); });
    if (!read || !grouping->groups()) std::exit(1);
    return seconds_since(start) * 1000;
  }

  void sums(int count) {
    const auto name = "sums_of_" + std::to_string(count) + "_calls_";
    bridges::http::UsageCalls calls(*node_);
    print(name + "first", ms_of_sums(calls, "day"), "ms");
    print(name + "by_day", ms_of_sums(calls, "day"), "ms");
    print(name + "by_agent", ms_of_sums(calls, "agent"), "ms");
    bridges::http::UsageCalls none(*node_, 1);
    (void)ms_of_sums(none, "day");
    print(name + "nothing_kept", ms_of_sums(none, "day"), "ms");
  }

 private:
  void settle(const std::string& key) {
    auto command = std::make_shared<usage::Settle>();
    command->set_key(key);
    command->set_model("haiku");
    command->set_output_tokens(10);
    send({"usage", "m"}, command, [this] { room_.release(); });
  }

  void send(EntityRef entity, Message body, std::function<void()> then) {
    runtime::Command command;
    command.entity = std::move(entity);
    command.body = std::move(body);
    command.caller = kernel::Caller::of_host();
    node_->submit(std::move(command), [then = std::move(then)](Result<runtime::Answer> answer) {
      if (!answer) {
        std::fprintf(stderr, "%s\n", std::string(answer.error().message()).c_str());
        std::exit(1);
      }
      then();
    });
  }

  void wait_for_all() {
    for (std::ptrdiff_t i = 0; i < callers; ++i) room_.acquire();
    room_.release(callers);
  }

  TemporaryFolder folder_;
  std::counting_semaphore<callers> room_{callers};
  std::unique_ptr<runtime::Node> node_;
};

}  // namespace

int main() {
  Bench bench;
  const auto budget = bench.commands_per_s_on_a_budget();
  print("reserve_and_settle_64_callers", budget, "commands/s", "any command on one entity",
        bench.commands_per_s_on_a_counter());
  const auto calls = calls_counted();
  bench.record(calls);
  bench.sums(calls);
}
