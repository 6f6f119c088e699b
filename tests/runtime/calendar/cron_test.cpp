// Times of crontab: what is read, what is refused, and what clocks that are set make of them.
#include "runtime/cron.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

namespace {

using namespace nightshift;
using runtime::Zone;

Zone zone(const char* name) {
  const auto found = Zone::find(name);
  BOOST_TEST_REQUIRE(found.has_value(), name);
  return *found;
}

/// The next so many, one after the other.
std::string next(const char* text, const char* after, const char* in, int count) {
  const auto cron = parse_cron(text);
  BOOST_TEST_REQUIRE(cron.has_value(), text);
  auto time = from_rfc3339(after);
  std::string all;
  for (int i = 0; i < count; ++i) {
    time = runtime::next_time(*cron, *time, zone(in));
    if (!time) return all + "never";
    all += to_rfc3339(*time) + " ";
  }
  return all;
}

struct Row {
  const char* text;
  const char* after;
  const char* zone;
  const char* next;
};

void check(std::initializer_list<Row> rows) {
  for (const auto& row : rows) {
    std::string_view expected = row.next;
    const auto count = std::ranges::count(expected, ' ') + 1;
    const auto found = next(row.text, row.after, row.zone, static_cast<int>(count));
    BOOST_TEST(found == std::string(expected) + " ",
               row.text << " in " << row.zone << " after " << row.after << ": " << found);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(times_come_as_crontab_has_them) {
  check(
      {{"0 4 * * *", "2026-11-22T04:00:00Z", "UTC", "2026-11-23T04:00:00Z 2026-11-24T04:00:00Z"},
       {"*/20 8-9 * * *", "2026-11-22T08:45:00Z", "UTC",
        "2026-11-22T09:00:00Z 2026-11-22T09:20:00Z 2026-11-22T09:40:00Z 2026-11-23T08:00:00Z"},
       {"5/30 0 * * *", "2026-11-22T00:00:00Z", "UTC",
        "2026-11-22T00:05:00Z 2026-11-22T00:35:00Z 2026-11-23T00:05:00Z"},
       {"30 9 * * Mon-Wed,FRI", "2026-11-25T10:00:00Z", "UTC",
        "2026-11-27T09:30:00Z 2026-11-30T09:30:00Z"},
       {"0 0 * * 7", "2026-11-22T00:00:00Z", "UTC", "2026-11-29T00:00:00Z"},
       {"0 0 29 feb *", "2026-01-01T00:00:00Z", "UTC", "2028-02-29T00:00:00Z 2032-02-29T00:00:00Z"},
       {"0 0 1,15 * fri", "2026-11-10T00:00:00Z", "UTC",
        "2026-11-13T00:00:00Z 2026-11-15T00:00:00Z 2026-11-20T00:00:00Z"},
       {"@hourly", "2026-11-22T23:30:00Z", "UTC", "2026-11-23T00:00:00Z"},
       {"@yearly", "2026-11-22T23:30:00Z", "UTC", "2027-01-01T00:00:00Z"},
       {"\t0  4 *\t* * ", "2026-11-22T00:00:00Z", "UTC", "2026-11-22T04:00:00Z"},
       {"0 4 * * *", "2026-11-22T00:00:00Z", "Asia/Kathmandu", "2026-11-22T22:15:00Z"}});
}

BOOST_AUTO_TEST_CASE(a_time_that_the_clock_skips_comes_right_after_the_gap) {
  check({{"30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin",
          "2026-03-29T01:00:00Z 2026-03-30T00:30:00Z"},
         {"*/15 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin",
          "2026-03-29T01:00:00Z 2026-03-30T00:00:00Z"},
         {"0 12 * * *", "2011-12-29T23:00:00Z", "Pacific/Apia",
          "2011-12-30T10:00:00Z 2011-12-30T22:00:00Z 2011-12-31T22:00:00Z"}});
}

BOOST_AUTO_TEST_CASE(a_time_that_the_clock_shows_twice_comes_once) {
  check({{"30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin",
          "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z"},
         {"45 1 * * *", "2026-04-04T12:00:00Z", "Australia/Lord_Howe",
          "2026-04-04T14:45:00Z 2026-04-05T15:15:00Z"},
         {"30 23 * * *", "2018-02-17T12:00:00Z", "America/Sao_Paulo",
          "2018-02-18T01:30:00Z 2018-02-19T02:30:00Z"},
         {"30 23 * * *", "2018-02-18T02:15:00Z", "America/Sao_Paulo", "2018-02-19T02:30:00Z"}});
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_refused_by_its_part) {
  struct Wrong {
    const char* text;
    const char* says;
  };
  for (const auto& [text, says] :
       {Wrong{"", "must have five fields"}, Wrong{"0 4 * *", "must have five fields"},
        Wrong{"0 0 4 * * *", "must have five fields"}, Wrong{"@reboot", "five fields"},
        Wrong{"60 4 * * *", "\"60\" is no minute, 0 to 59"},
        Wrong{"0 24 * * *", "\"24\" is no hour, 0 to 23"},
        Wrong{"0 4 0 * *", "\"0\" is no day of the month, 1 to 31"},
        Wrong{"0 4 * mon *", "\"mon\" is no month, 1 to 12"},
        Wrong{"0 4 * * 8", "\"8\" is no day of the week, 0 to 7"},
        Wrong{"5-1 4 * * *", "\"5-1\" is no minute"}, Wrong{"*/0 4 * * *", "\"*/0\" is no minute"},
        Wrong{"*/999999999999 4 * * *", "is no minute"}, Wrong{"1,,2 4 * * *", "\"\" is no minute"},
        Wrong{"-1 4 * * *", "is no minute"}, Wrong{"0 4 30 feb *", "a date that never comes"},
        Wrong{"0 4 31 4,6 *", "a date that never comes"}}) {
    const auto cron = parse_cron(text);
    BOOST_TEST_REQUIRE(!cron.has_value(), text);
    BOOST_TEST(cron.error().detail.contains(says), text << ": " << cron.error().detail);
    BOOST_TEST(cron.error().instance == "cron_restart");
  }
}
