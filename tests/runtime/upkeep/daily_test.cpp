// The next two o'clock, whatever the zone does.
#include <boost/test/unit_test.hpp>

#include "runtime/upkeep/daily.hpp"

namespace nightshift::tests {
namespace {

runtime::Zone zone(const char* name) {
  const auto found = runtime::Zone::find(name);
  BOOST_REQUIRE(found.has_value());
  return *found;
}

std::string next(const char* after, const runtime::Zone& there = {},
                 std::chrono::minutes at = std::chrono::hours(2)) {
  return to_rfc3339(runtime::upkeep::next_daily(*from_rfc3339(after), at, there));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(daily)

BOOST_AUTO_TEST_CASE(it_is_today_or_tomorrow) {
  BOOST_TEST(next("2026-11-22T01:59:59.999999Z") == "2026-11-22T02:00:00Z");
  BOOST_TEST(next("2026-11-22T02:00:00Z") == "2026-11-23T02:00:00Z");
  BOOST_TEST(next("2026-12-31T23:00:00Z") == "2027-01-01T02:00:00Z");
  BOOST_TEST(next("2026-12-31T23:00:00Z", {}, std::chrono::minutes(23 * 60 + 59)) ==
             "2026-12-31T23:59:00Z");
}

BOOST_AUTO_TEST_CASE(it_goes_by_the_zone_and_not_by_the_machine) {
  const auto tokyo = zone("Asia/Tokyo");
  BOOST_TEST(next("2026-11-22T16:59:00Z", tokyo) == "2026-11-22T17:00:00Z");
}

BOOST_AUTO_TEST_CASE(once_a_day_when_clocks_change) {
  const auto berlin = zone("Europe/Berlin");
  // 2:00 does not come on 28 March 2027, and comes twice on 31 October.
  BOOST_TEST(next("2027-03-27T01:00:00Z", berlin) == "2027-03-28T01:00:00Z");
  BOOST_TEST(next("2027-03-28T01:00:00Z", berlin) == "2027-03-29T00:00:00Z");
  BOOST_TEST(next("2027-10-30T00:00:00Z", berlin) == "2027-10-31T00:00:00Z");
  BOOST_TEST(next("2027-10-31T00:00:00Z", berlin) == "2027-11-01T01:00:00Z");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
