// Cells, times and amounts as people read them.
#include "bridges/vault/table.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::bridges::vault {
namespace {

Time at(const char* text) { return from_rfc3339(text).value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(nothing_in_a_cell_ends_it) {
  BOOST_TEST(cell("a|b\nc\\d<!-- x") == "a\\|b c\\\\d\\<!-- x");
}

BOOST_AUTO_TEST_CASE(times_are_those_of_the_zones_clock_on_every_kind_of_day) {
  const auto berlin = runtime::Zone::find("Europe/Berlin");
  BOOST_REQUIRE(berlin.has_value());
  struct Case {
    const char *time, *date, *clock;
  };
  constexpr Case cases[] = {
      {"2026-11-21T22:59:59Z", "2026-11-21", "23:59:59"},
      {"2026-11-21T23:00:00Z", "2026-11-22", "00:00:00"},
      {"2026-03-29T00:30:00Z", "2026-03-29", "01:30:00"},
      {"2026-03-29T01:30:00Z", "2026-03-29", "03:30:00"},  // put forward at 2
      {"2026-10-25T00:30:00Z", "2026-10-25", "02:30:00"},
      {"2026-10-25T01:30:00Z", "2026-10-25", "02:30:00"},  // put back at 3
      {"2026-10-25T12:00:07Z", "2026-10-25", "13:00:07"},
  };
  for (const auto& [time, date, clock] : cases) {
    BOOST_TEST(date_text(*berlin, at(time)) == date, time);
    BOOST_TEST(clock_text(*berlin, at(time)) == clock, time);
  }
  BOOST_TEST(clock_text(runtime::Zone(), at("2026-02-15T14:30:25Z")) == "14:30:25");
}

BOOST_AUTO_TEST_CASE(dollars_are_exact_and_read_back) {
  struct Case {
    std::uint64_t micro_usd;
    const char* text;
  };
  constexpr Case cases[] = {
      {0, "0.000"},         {8'850, "0.00885"},   {9'000, "0.009"},         {1, "0.000001"},
      {1'230'000, "1.230"}, {1'000'000, "1.000"}, {12'345'678, "12.345678"}};
  for (const auto& [micro_usd, text] : cases) {
    BOOST_TEST(dollars(micro_usd) == text);
    BOOST_TEST(micro_usd_of(text) == micro_usd);
  }
  BOOST_TEST(micro_usd_of("1.23") == 1'230'000u);
  BOOST_TEST(micro_usd_of("") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
