// When rounds are due.
#include <boost/test/unit_test.hpp>

#include "bridges/git/rounds/pace.hpp"

namespace nightshift::bridges::git {
namespace {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(pace)

BOOST_AUTO_TEST_CASE(the_first_is_due_at_once_and_the_next_after_the_interval) {
  Pace pace({.interval = 60s, .settle = 2s, .settle_max = 20s});
  BOOST_TEST((pace.due() == 0s));
  pace.begun(100s);
  BOOST_TEST((pace.due() == 160s));
}

BOOST_AUTO_TEST_CASE(a_change_is_sent_when_it_has_settled_and_not_never) {
  Pace pace({.interval = 60s, .settle = 2s, .settle_max = 20s});
  pace.begun(100s);
  pace.changed(110s);
  BOOST_TEST((pace.due() == 112s));
  for (auto now = 110s; now < 140s; now += 1s) pace.changed(now);
  BOOST_TEST((pace.due() == 130s));
  pace.begun(131s);
  BOOST_TEST((pace.due() == 191s));
}

BOOST_AUTO_TEST_CASE(a_change_shortly_before_the_interval_does_not_put_it_off) {
  Pace pace({.interval = 60s, .settle = 2s, .settle_max = 20s});
  pace.begun(100s);
  pace.changed(159s);
  BOOST_TEST((pace.due() == 160s));
}

BOOST_AUTO_TEST_CASE(a_person_does_not_wait) {
  Pace pace({.interval = 60s, .settle = 2s, .settle_max = 20s});
  pace.begun(100s);
  pace.asked();
  BOOST_TEST((pace.due() == 0s));
  pace.begun(101s);
  BOOST_TEST((pace.due() == 161s));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::bridges::git
