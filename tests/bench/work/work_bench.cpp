// Tells between two entities, and many deadlines.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/node.hpp"
#include "storage/rocks.hpp"
#include "tests/support/kinds/errand.hpp"
#include "tests/support/kinds/purse.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Body = std::shared_ptr<const google::protobuf::Message>;

void print(const std::string& name, double value, const char* unit, const char* peer = nullptr,
           double peer_value = 0) {
  if (peer == nullptr) {
    std::printf("work/%s\t%.0f\t%s\n", name.c_str(), value, unit);
  } else {
    std::printf("work/%s\t%.0f\t%s\t%s\t%.0f\n", name.c_str(), value, unit, peer, peer_value);
  }
  std::fflush(stdout);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// The system's clock, some time ahead.
class AheadClock final : public runtime::SystemClock {
 public:
  explicit AheadClock(std::chrono::microseconds by) : by_(by) {}
  Time now() const override { return SystemClock::now() + by_; }

 private:
  const std::chrono::microseconds by_;
};

/// A node on a folder of its own, that can be started again.
class Bench {
 public:
  void start(std::chrono::microseconds ahead = {}) {
    node_.reset();
    auto clock = std::make_shared<AheadClock>(ahead);
    storage::RocksOptions rocks;
    rocks.path = folder_ / "journal";
    rocks.identity.emplace();
    rocks.identity->set_node("bench");
    rocks.identity->set_role("local");
    rocks.identity->set_log_id("0123456789abcdef0123456789abcdef");
    rocks.now = [clock] { return clock->now(); };
    auto log = storage::open_rocks(std::move(rocks));
    if (!log) give_up(log.error());
    auto catalog = std::make_shared<runtime::Catalog>();
    catalog->add(errand_kind());
    catalog->add(purse_kind());
    runtime::NodeOptions options;
    options.commands_per_entity_max = 4096;
    options.idle_after = 5s;
    auto node = runtime::start_node(std::move(*log), catalog, clock, {}, options);
    if (!node) give_up(node.error());
    node_ = std::move(*node);
  }

  runtime::Node& node() { return *node_; }

  void call(const EntityRef& entity, const google::protobuf::Message& body) {
    send_all({{entity, copy(body)}}, 1);
  }
  static Body copy(const google::protobuf::Message& body) {
    std::shared_ptr<google::protobuf::Message> made(body.New());
    made->CopyFrom(body);
    return made;
  }

  /// So many outstanding at once; waits until all are answered.
  void send_all(const std::vector<std::pair<EntityRef, Body>>& commands, std::size_t outstanding) {
    std::atomic<std::size_t> sent = 0, answered = 0;
    std::mutex mutex;
    std::condition_variable done;
    std::function<void()> send = [&] {
      const auto turn = sent++;
      if (turn >= commands.size()) return;
      runtime::Command command;
      command.entity = commands[turn].first;
      command.body = commands[turn].second;
      command.caller.principal = "bench";
      command.caller.scopes = {SCOPE_OPERATE};
      node_->submit(std::move(command), [&](const Result<runtime::Answer>& answer) {
        if (!answer) give_up(answer.error());
        send();
        const std::lock_guard lock(mutex);
        if (++answered == commands.size()) done.notify_one();
      });
    };
    for (std::size_t i = 0; i < outstanding; ++i) send();
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return answered == commands.size(); });
  }

  /// Looks every tenth of a millisecond.
  void await(const std::function<bool()>& condition) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    while (!condition()) never.wait_for(lock, 100us);
  }

  [[noreturn]] static void give_up(const Error& error) {
    std::fprintf(stderr, "%s\n", std::string(error.message()).c_str());
    std::exit(1);
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<runtime::Node> node_;
};

Body pay(std::uint32_t times) {
  auto command = std::make_shared<purse_pb::Pay>();
  command->set_to("b");
  command->set_amount(1);
  command->set_times(times);
  return command;
}

Body fill() {
  auto command = std::make_shared<purse_pb::Fill>();
  command->set_amount(1);
  return command;
}

const EntityRef payer{"purse", "a"}, payee{"purse", "b"}, other{"purse", "c"};

void measure_tells() {
  constexpr std::size_t tells = 20'000, at_once = 20, singles = 200;
  Bench bench;
  bench.start();
  for (const auto& purse : {payer, payee, other}) bench.call(purse, *fill());
  const auto heard = [&](std::uint64_t wanted) {
    return [&bench, wanted] { return bench.node().stats().tells_accepted >= wanted; };
  };
  std::vector<double> told_s, plain_s;
  std::uint64_t all = 0;
  for (int i = 0; i < 3; ++i) {
    auto start = Clock::now();
    bench.send_all(std::vector(tells / at_once, std::pair(payer, pay(at_once))), 64);
    bench.await(heard(all += tells));
    told_s.push_back(seconds_since(start));
    start = Clock::now();
    bench.send_all(std::vector(tells, std::pair(other, fill())), 64);
    plain_s.push_back(seconds_since(start));
  }
  print("tells", tells / median(told_s), "1/s", "plain_commands_64_outstanding",
        tells / median(plain_s));
  std::vector<double> told_us, plain_us;
  for (std::size_t i = 0; i < singles; ++i) {
    auto start = Clock::now();
    bench.call(other, *fill());
    plain_us.push_back(seconds_since(start) * 1e6);
    start = Clock::now();
    bench.call(payer, *pay(1));
    bench.await(heard(++all));
    told_us.push_back(seconds_since(start) * 1e6);
  }
  print("tell_and_hear_p50", median(told_us), "us", "plain_command", median(plain_us));
}

std::pair<EntityRef, Body> reserve(std::size_t number, Time until) {
  auto command = std::make_shared<errand_pb::Reserve>();
  *command->mutable_until() = to_proto(until);
  return {{"errand", "p" + std::to_string(number)}, std::move(command)};
}

double start_ms(Bench& bench, std::size_t number) {
  const auto start = Clock::now();
  bench.start();
  // The first durable answer.
  bench.call({"purse", "s" + std::to_string(number)}, *fill());
  return seconds_since(start) * 1e3;
}

/// How long after their times so many deadlines fire, one each two milliseconds.
void measure_lateness(Bench& bench, std::size_t from, const std::string& name) {
  constexpr std::size_t count = 1000;
  std::vector<std::pair<EntityRef, Body>> commands;
  const auto begin = bench.node().clock().now() + 2s;
  for (std::size_t i = 0; i < count; ++i) commands.push_back(reserve(from + i, begin + i * 2ms));
  const auto before = bench.node().stats().deadlines_fired;
  bench.send_all(commands, 256);
  bench.await([&] { return bench.node().stats().deadlines_fired >= before + count; });
  std::vector<double> late_us;
  for (std::size_t i = 0; i < count; ++i) {
    const EntityRef entity{"errand", "p" + std::to_string(from + i)};
    bench.await([&] { return bench.node().events(entity, 0, 3)->size() == 2; });
    const auto events = bench.node().events(entity, 1, 1);
    const std::chrono::microseconds late = events->front().written_at - (begin + i * 2ms);
    late_us.push_back(static_cast<double>(late.count()));
  }
  std::ranges::sort(late_us);
  print(name + "_lateness_p50", late_us[count / 2], "us");
  print(name + "_lateness_p99", late_us[count * 99 / 100], "us");
}

void measure_deadlines(std::size_t count) {
  const auto name = "deadlines_" + std::to_string(count);
  Bench bench;
  bench.start();
  std::vector<double> empty_ms, full_ms;
  for (std::size_t i = 0; i < 5; ++i) empty_ms.push_back(start_ms(bench, i));
  const auto due = bench.node().clock().now() + std::chrono::days(1);
  const auto start = Clock::now();
  for (std::size_t done = 0; done < count;) {
    std::vector<std::pair<EntityRef, Body>> commands;
    for (; commands.size() < 10'000 && done < count; ++done) {
      commands.push_back(reserve(done, due + std::chrono::milliseconds(done * 7919 % 100'000)));
    }
    bench.send_all(commands, 1024);
  }
  print(name + "_filled", static_cast<double>(count) / seconds_since(start), "1/s");
  for (std::size_t i = 5; i < 10; ++i) full_ms.push_back(start_ms(bench, i));
  print(name + "_start", median(full_ms), "ms", "start_without_deadlines", median(empty_ms));
  measure_lateness(bench, count, name);
  bench.start(std::chrono::days(2));
  const auto missed = Clock::now();
  bench.await([&] { return bench.node().stats().deadlines_fired >= count; });
  print(name + "_caught_up", static_cast<double>(count) / seconds_since(missed), "1/s");
}

}  // namespace

/// Arguments name the parts to measure; none means all.
int main(int count, char** arguments) {
  const std::vector<std::string> parts(arguments + 1, arguments + count);
  const auto wanted = [&](std::string_view part) {
    return parts.empty() || std::ranges::find(parts, part) != parts.end();
  };
  if (wanted("tells")) measure_tells();
  const char* deadlines = std::getenv("NIGHTSHIFT_BENCH_DEADLINES");
  if (wanted("deadlines")) {
    measure_deadlines(deadlines == nullptr ? 100'000 : std::strtoull(deadlines, nullptr, 10));
  }
}
