// A hundred thousand deadlines over restarts of the node and jumps of the clock: none early, none
// lost, none twice.
#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>

#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/errand.pb.h"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;

struct Many : NodeFixture {
  Many() : random(seed) {}

  std::size_t count() const {
    const auto* asked = std::getenv("NIGHTSHIFT_DEADLINES");
    return asked == nullptr ? 100'000 : std::strtoull(asked, nullptr, 10);
  }

  void reserve_all() {
    std::atomic<std::size_t> answered = 0, sent = 0, refused = 0;
    for (std::size_t i = 0; i < count(); ++i, ++sent) {
      // Some at the same time as others.
      dues.push_back(clock->now() + std::chrono::seconds(60 + random() % 100'000));
      errand::Reserve command;
      *command.mutable_until() = to_proto(dues.back());
      if (sent - answered >= 4096) {
        eventually([&] { return sent - answered < 1024; }, "some are answered");
      }
      node().submit(this->command("errand/p" + std::to_string(i), command),
                    [&](const Result<runtime::Answer>& answer) {
                      refused += answer ? 0 : 1;
                      ++answered;
                    });
    }
    eventually([&] { return answered == count(); }, "all are reserved");
    BOOST_REQUIRE(refused == 0u);
  }

  /// All that were due at some time since then, and only those, have fired.
  void check_fired() {
    newest = std::max(newest, clock->now());
    const auto due = std::ranges::count_if(dues, [&](Time at) { return at <= newest; });
    const auto expected = count() + static_cast<std::uint64_t>(due);
    eventually([&] { return node().head().offset >= expected; },
               "all that are due have fired, seed " + std::to_string(seed));
    BOOST_TEST(node().head().offset == expected, "seed " << seed);
  }

  void restart_after(std::chrono::microseconds jump) {
    stop();
    BOOST_TEST(rows()->head().offset == count() + fired(), "seed " << seed);
    clock->set(clock->now() + jump);
    start();
    check_fired();
  }
  void jump(std::chrono::microseconds by) {
    clock->set(clock->now() + by);
    check_fired();
  }
  std::uint64_t fired() const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(dues, [&](Time at) { return at <= newest; }));
  }

  const std::uint64_t seed = std::random_device()();
  std::mt19937_64 random;
  std::vector<Time> dues;
  Time newest{};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(none_fires_early_none_is_lost_and_none_fires_twice, Many) {
  start();
  newest = clock->now();
  reserve_all();
  restart_after(0s);
  for (const auto by : {1s, -1s, 3600s, -60s}) restart_after(by);
  for (const auto by : {1s, -3600s, 7200s, 20'000s}) jump(by);
  restart_after(-std::chrono::days(3650));
  jump(std::chrono::days(3650) - 1s);
  // A night in which the lid was closed.
  restart_after(43'200s);
  jump(std::chrono::days(3650));
  restart_after(-std::chrono::days(3650));
  stop();
  std::size_t expired = 0;
  std::string first_wrong;
  const auto log = rows();
  const auto scanned = log->scan_log(1, [&](const storage::StoredRecord& stored) {
    Record record;
    record.ParseFromString(stored.bytes);
    if (record.type() != "Expired") return true;
    ++expired;
    const auto due = dues.at(std::stoull(record.entity().substr(1)));
    const bool right = record.sequence() == 2 && time_from_us(record.decided_at_us()) >= due;
    if (!right && first_wrong.empty()) first_wrong = record.entity();
    return true;
  });
  BOOST_TEST(scanned.has_value());
  BOOST_TEST(expired == count(), "seed " << seed);
  BOOST_TEST(first_wrong.empty(), first_wrong << " fired early or twice, seed " << seed);
}

}  // namespace nightshift::tests
