// States of affairs.
#include <boost/test/unit_test.hpp>

#include "bridges/git/standing.hpp"

namespace nightshift::bridges::git {
namespace {

using std::chrono::minutes;

BOOST_AUTO_TEST_SUITE(standing)

BOOST_AUTO_TEST_CASE(three_failures_or_five_minutes_without_success_are_off_line) {
  Reachability reach(minutes(0));
  BOOST_TEST(!reach.is_offline(minutes(60)));
  reach.missed();
  reach.missed();
  BOOST_TEST(!reach.is_offline(minutes(4)));
  BOOST_TEST(reach.is_offline(minutes(5)));
  reach.missed();
  BOOST_TEST(reach.is_offline(minutes(1)));
  reach.reached(minutes(6));
  BOOST_TEST(!reach.is_offline(minutes(60)));
  reach.missed();
  BOOST_TEST(!reach.is_offline(minutes(10)));
  BOOST_TEST(reach.is_offline(minutes(11)));
}

BOOST_AUTO_TEST_CASE(diverged_keeps_both_counts_and_off_line_goes_before_all) {
  const auto name = [](auto... arguments) { return name_of(standing_of(arguments...)); };
  BOOST_TEST(name(0U, 0U, false, false) == "synced");
  BOOST_TEST(name(2U, 0U, false, false) == "ahead");
  BOOST_TEST(name(0U, 3U, false, false) == "behind");
  BOOST_TEST(name(2U, 3U, false, false) == "diverged");
  BOOST_TEST(name(2U, 3U, true, false) == "conflict");
  BOOST_TEST(name(0U, 0U, true, true) == "offline");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::bridges::git
