// When a series of deadlines comes next, and what becomes of the turns that were missed.
#include <boost/test/unit_test.hpp>
#include <random>

#include "runtime/kernel/series.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;
using kernel::CatchUp;
using kernel::turn_of;

const Time due = *from_rfc3339("2026-11-21T23:00:00Z");

/// How often a series acts from `due` to `until`, if whoever fires it sees the time `late` later.
struct Run {
  int acts = 0;
  Time next = due;

  void fire(CatchUp catch_up, Time now) {
    while (next <= now) {
      const auto turn = turn_of(next, 30s, catch_up, now);
      acts += turn.act ? 1 : 0;
      BOOST_REQUIRE((turn.next > next));
      BOOST_REQUIRE((turn.next - due) % 30s == 0s);
      next = turn.next;
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(series)

BOOST_AUTO_TEST_CASE(in_time_all_policies_are_the_same) {
  for (const auto catch_up : {CatchUp::each, CatchUp::once, CatchUp::skip}) {
    Run run;
    for (auto now = due; now < due + 1h; now += 1s) run.fire(catch_up, now);
    BOOST_TEST(run.acts == 120);
    BOOST_TEST((run.next == due + 1h));
  }
}

BOOST_AUTO_TEST_CASE(after_a_night_each_acts_on_all_once_on_one_skip_on_none_that_is_over) {
  const auto morning = due + 12h + 10s;
  Run each, once, skip;
  each.fire(CatchUp::each, morning);
  once.fire(CatchUp::once, morning);
  skip.fire(CatchUp::skip, morning);
  BOOST_TEST(each.acts == 1441);
  BOOST_TEST(once.acts == 1);
  BOOST_TEST(skip.acts == 0);
  for (const auto& run : {each, once, skip}) BOOST_TEST((run.next == due + 12h + 30s));
}

BOOST_AUTO_TEST_CASE(a_turn_is_over_when_the_next_has_come) {
  BOOST_TEST(turn_of(due, 30s, CatchUp::skip, due + 30s - 1us).act);
  BOOST_TEST(!turn_of(due, 30s, CatchUp::skip, due + 30s).act);
}

BOOST_AUTO_TEST_CASE(the_next_turn_is_the_first_that_is_not_due) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 10'000; ++i) {
    const std::chrono::microseconds every(1 + random() % 1'000'000'000'000);
    const auto now = due + std::chrono::microseconds(random() % 400'000'000'000'000);
    for (const auto catch_up : {CatchUp::once, CatchUp::skip}) {
      const auto turn = turn_of(due, every, catch_up, now);
      BOOST_REQUIRE((turn.next > now && turn.next - every <= now));
      BOOST_REQUIRE((turn.next - due) % every == 0us);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
