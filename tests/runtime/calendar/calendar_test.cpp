// Days, weeks and months, where clocks are set forward, back, over midnight, and over a whole day.
#include "runtime/calendar.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace nightshift;
using runtime::Zone;

Zone zone(const char* name) {
  const auto found = Zone::find(name);
  BOOST_TEST_REQUIRE(found.has_value(), name);
  return *found;
}

Time at(const std::string& text) {
  const auto time = from_rfc3339(text);
  BOOST_TEST_REQUIRE(time.has_value(), text);
  return *time;
}

std::string shown(const kernel::Span& span) {
  return to_rfc3339(span.begin) + " " + to_rfc3339(span.end);
}

struct Row {
  const char* zone;
  const char* moment;
  const char* begin;
  const char* end;
};

void check(const Row& row, kernel::Span (Zone::*span)(Time) const) {
  BOOST_TEST(
      shown((zone(row.zone).*span)(at(row.moment))) == std::string(row.begin) + " " + row.end,
      row.zone << " at " << row.moment << ": " << shown((zone(row.zone).*span)(at(row.moment))));
}

}  // namespace

BOOST_AUTO_TEST_CASE(days_have_the_length_that_the_clock_gives_them) {
  for (const auto& row : {
           Row{"UTC", "2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"},
           // 23 hours, 25 hours.
           Row{"Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z",
               "2026-03-29T22:00:00Z"},
           Row{"Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z",
               "2026-10-25T23:00:00Z"},
           // Half an hour.
           Row{"Australia/Lord_Howe", "2026-04-05T03:00:00Z", "2026-04-04T13:00:00Z",
               "2026-04-05T13:30:00Z"},
           // Midnight is skipped: the day begins at one.
           Row{"America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z",
               "2018-11-05T02:00:00Z"},
           // Midnight comes twice: the day begins at the first.
           Row{"America/Havana", "2024-11-03T12:00:00Z", "2024-11-03T04:00:00Z",
               "2024-11-04T05:00:00Z"},
           // Set back from 00:01 to 23:01: the hour that follows is no part of the day before.
           Row{"America/St_Johns", "2010-11-07T02:31:00Z", "2010-11-07T02:30:00Z",
               "2010-11-08T03:30:00Z"},
           Row{"America/St_Johns", "2010-11-07T02:29:59Z", "2010-11-06T02:30:00Z",
               "2010-11-07T02:30:00Z"},
           // The thirtieth of December never was.
           Row{"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z",
               "2011-12-30T10:00:00Z"},
           Row{"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z",
               "2011-12-31T10:00:00Z"},
       }) {
    check(row, &Zone::day);
  }
}

BOOST_AUTO_TEST_CASE(weeks_begin_on_monday_and_months_on_the_first) {
  check({"Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"},
        &Zone::week);
  check({"Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-29T22:00:00Z", "2026-04-05T22:00:00Z"},
        &Zone::week);
  check({"Asia/Tokyo", "2026-12-31T15:00:00Z", "2026-12-31T15:00:00Z", "2027-01-31T15:00:00Z"},
        &Zone::month);
  check({"UTC", "2028-02-29T23:59:59Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"},
        &Zone::month);
}

BOOST_AUTO_TEST_CASE(every_moment_belongs_to_one_day_and_days_follow_each_other) {
  for (const auto* name : {"America/St_Johns", "America/Havana", "Africa/Cairo", "Pacific/Apia",
                           "Antarctica/Troll", "Asia/Gaza", "Europe/Dublin"}) {
    const auto there = zone(name);
    auto day = there.day(at("2011-01-01T00:00:00Z"));
    for (auto time = day.begin; time < at("2012-01-01T00:00:00Z");
         time += std::chrono::minutes(30)) {
      if (!day.contains(time)) {
        const auto next = there.day(time);
        BOOST_TEST_REQUIRE((next.begin == day.end), name << " at " << to_rfc3339(time));
        day = next;
      }
      BOOST_TEST_REQUIRE((there.day(time) == day), name << " at " << to_rfc3339(time));
      BOOST_TEST_REQUIRE(there.week(time).contains(time), name << " at " << to_rfc3339(time));
      BOOST_TEST_REQUIRE(there.month(time).contains(time), name << " at " << to_rfc3339(time));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_zone_that_is_not_there_names_the_nearest) {
  const auto missing = Zone::find("Europe/Berlim");
  BOOST_TEST_REQUIRE(!missing.has_value());
  BOOST_TEST(missing.error().detail.find("Europe/Berlin") != std::string::npos,
             missing.error().detail);
  BOOST_TEST(!Zone::find("").has_value());
  BOOST_TEST(!Zone::find("../../etc/passwd").has_value());
  BOOST_TEST(Zone::find("UTC")->name() == "UTC");
}
