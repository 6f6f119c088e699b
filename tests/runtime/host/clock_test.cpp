// Waiting for time: ended by a wake, by time, and by a clock that is set.
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <future>

#include "runtime/clock.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;
using runtime::Alarm;

constexpr auto patience = 1min;

/// True if the wait ends; if it does not, ends it by a wake.
bool ends(Alarm& alarm, std::future<void>& waiting) {
  const bool ended = waiting.wait_for(patience) == std::future_status::ready;
  if (!ended) alarm.wake();
  return ended;
}

std::future<void> wait_without_end(Alarm& alarm) {
  return std::async(std::launch::async, [&alarm] { alarm.wait(std::nullopt); });
}

boost::test_tools::assertion_result may_set_the_clock(boost::unit_test::test_unit_id) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  boost::test_tools::assertion_result may(::clock_settime(CLOCK_REALTIME, &now) == 0);
  may.message() << "the clock cannot be set here: " << std::strerror(errno);
  return may;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clock)

BOOST_AUTO_TEST_CASE(a_wake_behind_arming_ends_the_wait_before_and_in_it) {
  runtime::SystemClock system;
  runtime::ManualClock manual(system.now());
  for (runtime::Clock* clock :
       {static_cast<runtime::Clock*>(&system), static_cast<runtime::Clock*>(&manual)}) {
    const auto alarm = clock->alarm();
    alarm->arm();
    alarm->wake();
    auto waiting = wait_without_end(*alarm);
    BOOST_TEST(ends(*alarm, waiting));
    waiting.get();
    alarm->arm();
    waiting = wait_without_end(*alarm);
    alarm->wake();
    BOOST_TEST(ends(*alarm, waiting));
  }
}

BOOST_AUTO_TEST_CASE(time_ends_the_wait_and_a_wake_before_arming_does_not) {
  runtime::SystemClock clock;
  const auto alarm = clock.alarm();
  alarm->wake();
  const auto start = clock.elapsed();
  alarm->arm();
  alarm->wait(20ms);
  BOOST_TEST((clock.elapsed() - start >= 20ms));
  // Nothing is left of it.
  alarm->arm();
  const auto again = clock.elapsed();
  alarm->wait(20ms);
  BOOST_TEST((clock.elapsed() - again >= 20ms));
  alarm->arm();
  alarm->wait(0us);
  alarm->wait(-5s);
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_moved_by_hand_ends_the_wait) {
  runtime::ManualClock clock{Time{}};
  const auto alarm = clock.alarm();
  alarm->arm();
  clock.advance(1us);
  auto waiting = wait_without_end(*alarm);
  BOOST_TEST(ends(*alarm, waiting));
  waiting.get();
  alarm->arm();
  waiting = wait_without_end(*alarm);
  clock.set(clock.now());
  BOOST_TEST(ends(*alarm, waiting));
}

// Set to what it says: nobody notices but who asked to be told.
BOOST_AUTO_TEST_CASE(a_system_clock_that_is_set_ends_the_wait,
                     *boost::unit_test::precondition(may_set_the_clock)) {
  runtime::SystemClock clock;
  const auto alarm = clock.alarm();
  for (const bool before : {true, false}) {
    alarm->arm();
    if (before) BOOST_TEST(may_set_the_clock(0));
    auto waiting = wait_without_end(*alarm);
    if (!before) BOOST_TEST(may_set_the_clock(0));
    BOOST_TEST(ends(*alarm, waiting));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
