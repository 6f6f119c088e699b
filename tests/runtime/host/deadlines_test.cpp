// Deadlines: fired by the clock, however late, however the clock is set.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <deque>

#include "runtime/host/deadlines.hpp"
#include "storage/memory.hpp"
#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/errand.hpp"

namespace nightshift::tests {
namespace {

struct Waiting : NodeFixture {
  void reserve(const std::string& errand, std::chrono::seconds for_long) {
    errand::Reserve command;
    *command.mutable_until() = to_proto(clock->now() + for_long);
    BOOST_REQUIRE(call(errand, command));
  }
  std::size_t rows_of_deadlines() const {
    using storage::WorkKind;
    std::size_t count = 0;
    (void)rows()->scan_work(WorkKind::deadline, {WorkKind::deadline, Time::min(), {}, {}},
                            [&](const auto&) { return ++count > 0; });
    return count;
  }
  void await(const std::string& errand, const std::string& wanted) {
    eventually([&] { return status(errand) == wanted; }, errand + " is " + wanted);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(deadlines, Waiting)

BOOST_AUTO_TEST_CASE(a_deadline_fires_when_its_time_has_come_and_not_before) {
  start();
  reserve("errand/p", std::chrono::seconds(60));
  reserve("errand/q", std::chrono::seconds(61));
  clock->advance(std::chrono::seconds(60));
  await("errand/p", "over");
  BOOST_TEST(view("errand/p") == R"({"how":"expired","texts":0})");
  BOOST_TEST(story("errand/q") == "Reserved");
  const auto expired = node().events(*parse_entity("errand/p"), 1, 1);
  BOOST_REQUIRE(expired);
  const auto reserved = node().events(*parse_entity("errand/p"), 0, 1);
  BOOST_TEST(expired->front().record.principal() == "host");
  BOOST_TEST(expired->front().record.correlation() == reserved->front().record.correlation());
}

BOOST_AUTO_TEST_CASE(one_that_was_missed_fires_once_at_start) {
  start();
  reserve("errand/p", std::chrono::seconds(60));
  stop();
  clock->advance(std::chrono::days(400));
  start();
  await("errand/p", "over");
  start();
  reserve("errand/q", std::chrono::seconds(0));
  await("errand/q", "over");
  BOOST_TEST(story("errand/p") == "Reserved Expired");
}

BOOST_AUTO_TEST_CASE(one_that_does_not_stand_any_more_does_not_fire) {
  start();
  reserve("errand/p", std::chrono::seconds(60));
  BOOST_REQUIRE(call("errand/p", errand::Cancel()));
  reserve("errand/q", std::chrono::seconds(61));
  clock->advance(std::chrono::seconds(61));
  await("errand/q", "over");
  BOOST_TEST(story("errand/p") == "Reserved Cancelled");
}

BOOST_AUTO_TEST_CASE(a_clock_set_back_makes_it_wait_longer_and_set_ahead_fires_it) {
  start();
  const auto set_at = clock->now();
  reserve("errand/p", std::chrono::seconds(60));
  clock->set(set_at - std::chrono::days(3650));
  reserve("errand/early", std::chrono::seconds(1));
  clock->advance(std::chrono::seconds(1));
  await("errand/early", "over");
  BOOST_TEST(status("errand/p") == "reserved");
  clock->set(set_at + std::chrono::days(3650));
  await("errand/p", "over");
}

BOOST_AUTO_TEST_CASE(one_that_the_kind_refuses_never_fires_again) {
  errand_kind = errand_kind_stubborn;
  std::atomic<int> refusals = 0;
  options.report = [&](std::string_view line) {
    if (line.find("refused its deadline") != line.npos) ++refusals;
  };
  start();
  reserve("errand/p", std::chrono::seconds(60));
  clock->advance(std::chrono::seconds(60));
  eventually([&] { return rows_of_deadlines() == 0; }, "its row is gone");
  start();
  // What is due later fires, so the other one would have.
  reserve("errand/q", std::chrono::seconds(1));
  clock->advance(std::chrono::seconds(1));
  eventually([&] { return refusals == 2; }, "the second is refused");
  BOOST_TEST(node().stats().deadlines_fired == 1u);
  BOOST_TEST(status("errand/p") == "reserved");
  BOOST_REQUIRE(call("errand/p", errand::Cancel()));
  BOOST_TEST(story("errand/p") == "Reserved Cancelled");
}

BOOST_AUTO_TEST_CASE(one_on_which_the_program_fails_is_tried_at_the_next_start) {
  errand_kind = errand_kind_failing;
  std::atomic<int> refusals = 0;
  options.report = [&](std::string_view line) {
    if (line.find("refused its deadline") != line.npos) ++refusals;
  };
  start();
  reserve("errand/p", std::chrono::seconds(60));
  clock->advance(std::chrono::seconds(60));
  eventually([&] { return refusals == 1; }, "it is refused");
  errand_kind = tests::errand_kind;
  start();
  await("errand/p", "over");
}

BOOST_AUTO_TEST_CASE(many_that_are_due_at_once_are_dealt_with_some_at_a_time_in_their_order) {
  constexpr std::size_t places = 16, all = 30;
  const auto log = storage::open_memory(Identity(), [this] { return clock->now(); });
  std::vector<std::string> fired;
  std::deque<std::shared_ptr<void>> held;
  int woken = 0;
  runtime::host::Deadlines deadlines(
      *log, *clock,
      [&](const storage::WorkKey& key, const WorkValue&, std::shared_ptr<void> place) {
        fired.push_back(key.name);
        held.push_back(std::move(place));
      },
      [&] { ++woken; }, places);
  BOOST_REQUIRE(deadlines.poll());
  std::vector<std::string> in_order;
  for (std::size_t i = 0; i < all; ++i) {
    const auto due = clock->now() - std::chrono::seconds(i * 7 % all);
    deadlines.add({storage::WorkKind::deadline, due, {"errand", "p"}, to_rfc3339(due)}, {});
    in_order.push_back(to_rfc3339(due));
  }
  std::ranges::sort(in_order);
  BOOST_REQUIRE(deadlines.poll());
  BOOST_TEST(fired.size() == places);
  BOOST_REQUIRE(deadlines.poll());
  BOOST_TEST(fired.size() == places);
  woken = 0;
  held.pop_front();
  BOOST_TEST(woken == 1);
  BOOST_REQUIRE(deadlines.poll());
  BOOST_TEST(fired.size() == places + 1);
  held.clear();
  BOOST_REQUIRE(deadlines.poll());
  BOOST_TEST(fired == in_order, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(more_than_fit_in_memory_all_fire) {
  start();
  constexpr int errands = 3000;
  std::atomic<int> reserved = 0;
  for (int i = 0; i < errands; ++i) {
    errand::Reserve command;
    // Not in the order of time.
    *command.mutable_until() = to_proto(clock->now() + std::chrono::seconds(1 + i * 7919 % 5000));
    node().submit(this->command("errand/p" + std::to_string(i), command),
                  [&](Result<runtime::Answer> answer) { reserved += answer ? 1 : 0; });
  }
  eventually([&] { return reserved == errands; }, "all are reserved");
  clock->advance(std::chrono::seconds(2500));
  const auto expired = [&] { return node().stats().deadlines_fired; };
  eventually([&] { return expired() > 0; }, "some fire");
  clock->advance(std::chrono::seconds(2501));
  runtime::ListQuery query;
  query.kind = "errand";
  query.where = {{"status", "over"}};
  query.limit = errands;
  eventually([&] { return node().list(query)->items.size() == errands; }, "all have expired");
  BOOST_TEST(expired() == static_cast<std::uint64_t>(errands));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
