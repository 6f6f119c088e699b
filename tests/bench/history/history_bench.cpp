// What-if over calls of meters, beside a bare scan of the same records.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <string>

#include "actors/all.hpp"
#include "messages/prices.pb.h"
#include "messages/usage.pb.h"
#include "runtime/history/what_if.hpp"
#include "runtime/node.hpp"
#include "storage/rocks.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/world.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using Clock = std::chrono::steady_clock;
using runtime::history::Policy;
using runtime::history::WhatIf;

constexpr std::ptrdiff_t callers = 64;

int events_wanted() {
  const auto* set = std::getenv("NIGHTSHIFT_BENCH_EVENTS");
  return set == nullptr ? 200'000 : std::atoi(set);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::shared_ptr<const runtime::Catalog> kinds() {
  auto catalog = std::make_shared<runtime::Catalog>();
  actors::register_all(*catalog);
  return catalog;
}

Policy dearer() {
  Policy policy;
  policy.apply = [](kernel::NodeFacts& facts) {
    auto table = std::make_shared<PriceTable>(facts.owners<PriceTable>());
    for (auto& price : *table->mutable_prices()) {
      price.mutable_rates()->set_output_micro_usd(9'000'000);
    }
    facts.data[PriceTable::descriptor()->full_name()] = table;
  };
  return policy;
}

/// `meters` meters with `events` calls among them.
std::shared_ptr<storage::EventLog> journal(const std::filesystem::path& path, int events,
                                           int meters) {
  const auto clock = std::make_shared<runtime::SystemClock>();
  storage::RocksOptions rocks;
  rocks.path = path;
  rocks.identity.emplace();
  rocks.identity->set_node("bench");
  rocks.identity->set_role("local");
  rocks.identity->set_log_id("0123456789abcdef0123456789abcdef");
  rocks.now = [clock] { return clock->now(); };
  std::shared_ptr<storage::EventLog> log = std::move(*storage::open_rocks(std::move(rocks)));
  runtime::NodeOptions options;
  options.data = World().node.data;
  auto node = std::move(*runtime::start_node(log, kinds(), clock, {}, std::move(options)));
  std::counting_semaphore<callers> room(callers);
  auto call = std::make_shared<usage::Record>();
  call->set_model("haiku");
  call->set_output_tokens(100);
  for (int i = 0; i < events; ++i) {
    room.acquire();
    runtime::Command command;
    command.entity = {"usage", "m" + std::to_string(i % meters)};
    command.body = call;
    command.caller = kernel::Caller::of_host();
    node->submit(std::move(command), [&room](Result<runtime::Answer> answer) {
      if (!answer) std::exit(1);
      room.release();
    });
  }
  for (std::ptrdiff_t i = 0; i < callers; ++i) room.acquire();
  return log;
}

double bare_records_per_s(const storage::EventLog& log) {
  std::uint64_t records = 0;
  const auto start = Clock::now();
  (void)log.scan_log(1, [&](const storage::StoredRecord&) { return ++records > 0; });
  return static_cast<double>(records) / seconds_since(start);
}

double records_per_s(const std::shared_ptr<storage::EventLog>& log, const Policy& policy) {
  const WhatIf past(log, kinds(), actors::retraces());
  const auto start = Clock::now();
  const auto total = past.run(policy, Time{}, [](const auto&) {}, {});
  if (!total || total->untold > 0) std::exit(1);
  return static_cast<double>(total->records) / seconds_since(start);
}

void measure(const std::string& name, int meters) {
  const TemporaryFolder folder;
  const auto log = journal(folder / "journal", events_wanted(), meters);
  const auto bare = bare_records_per_s(*log);
  const auto print = [&](const std::string& what, const Policy& policy) {
    std::printf("history/what_if_%s_%s\t%.0f\trecords/s\tbare scan\t%.0f\n", what.c_str(),
                name.c_str(), records_per_s(log, policy), bare);
    std::fflush(stdout);
  };
  print("same", {});
  print("dearer", dearer());
}

}  // namespace

int main() {
  measure("one_meter", 1);
  measure("10000_meters", 10'000);
}
