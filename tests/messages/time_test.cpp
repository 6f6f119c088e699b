// RFC 3339 and Protobuf forms of times, with the corner cases of both.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>

#include "messages/time.hpp"

namespace nightshift {
namespace {

constexpr std::int64_t us_min = -62'135'596'800'000'000;  // 0001-01-01T00:00:00Z
constexpr std::int64_t us_max = 253'402'300'799'999'999;  // 9999-12-31T23:59:59.999999Z

struct Reading {
  const char* text;
  const char* read_as;  // null: refused
};

// Why a line is here stands at its end.
// clang-format off
constexpr Reading readings[] = {
    {"2026-11-21T07:00:00Z",            "2026-11-21T07:00:00Z"},
    {"2026-11-21t07:00:00z",            "2026-11-21T07:00:00Z"},          // small letters, 5.6
    {"2026-11-21T08:00:00+01:00",       "2026-11-21T07:00:00Z"},          // offsets
    {"2026-11-20T23:30:00-07:30",       "2026-11-21T07:00:00Z"},
    {"2026-11-21T07:00:00-00:00",       "2026-11-21T07:00:00Z"},          // unknown zone, 4.3
    {"2026-11-21T07:00:00+23:59",       "2026-11-20T07:01:00Z"},
    {"2026-11-21T07:00:00.5Z",          "2026-11-21T07:00:00.500000Z"},   // fractions
    {"2026-11-21T07:00:00.000001Z",     "2026-11-21T07:00:00.000001Z"},
    {"2026-11-21T07:00:00.9999999999Z", "2026-11-21T07:00:00.999999Z"},   // finer is cut off
    {"2024-02-29T00:00:00Z",            "2024-02-29T00:00:00Z"},          // leap days
    {"2000-02-29T00:00:00Z",            "2000-02-29T00:00:00Z"},
    {"2023-02-29T00:00:00Z",            nullptr},
    {"1900-02-29T00:00:00Z",            nullptr},
    {"2016-12-31T23:59:60Z",            "2017-01-01T00:00:00Z"},          // leap seconds
    {"1990-12-31T15:59:60-08:00",       "1991-01-01T00:00:00Z"},
    {"2016-12-31T22:59:60Z",            nullptr},
    {"2016-12-31T23:59:61Z",            nullptr},
    {"1969-12-31T23:59:59.999999Z",     "1969-12-31T23:59:59.999999Z"},   // before 1970
    {"0001-01-01T00:00:00Z",            "0001-01-01T00:00:00Z"},          // the ends
    {"0001-01-01T00:00:00+00:01",       nullptr},
    {"0000-12-31T23:59:59-00:01",       "0001-01-01T00:00:59Z"},
    {"0000-06-01T00:00:00Z",            nullptr},
    {"9999-12-31T23:59:59.999999Z",     "9999-12-31T23:59:59.999999Z"},
    {"9999-12-31T23:59:59-00:01",       nullptr},
    {"9999-12-31T23:59:60Z",            nullptr},
    {"2026-00-21T07:00:00Z",            nullptr},                         // out of range
    {"2026-13-21T07:00:00Z",            nullptr},
    {"2026-11-00T07:00:00Z",            nullptr},
    {"2026-11-31T07:00:00Z",            nullptr},
    {"2026-11-21T24:00:00Z",            nullptr},
    {"2026-11-21T07:60:00Z",            nullptr},
    {"2026-11-21T07:00:00+24:00",       nullptr},
    {"2026-11-21T07:00:00+01:60",       nullptr},
    {"2026-11-21 07:00:00Z",            nullptr},                         // not the grammar
    {"2026-11-21T07:00:00",             nullptr},
    {"2026-11-21T07:00Z",               nullptr},
    {"2026-11-21",                      nullptr},
    {"2026-11-21T07:00:00.Z",           nullptr},
    {"2026-11-21T07:00:00,5Z",          nullptr},
    {"2026-11-21T07:00:00+0100",        nullptr},
    {"2026-11-21T07:00:00+01",          nullptr},
    {"2026-11-21T07:00:00Z ",           nullptr},
    {" 2026-11-21T07:00:00Z",           nullptr},
    {"2026-11-21T07:00:00ZZ",           nullptr},
    {"2026-1-21T07:00:00Z",             nullptr},
    {"+2026-11-21T07:00:00Z",           nullptr},
    {"-026-11-21T07:00:00Z",            nullptr},
    {"12026-11-21T07:00:00Z",           nullptr},
    {"2026-11-21T+7:00:00Z",            nullptr},
    {"tomorrow",                        nullptr},
    {"",                                nullptr},
};
// clang-format on

BOOST_AUTO_TEST_SUITE(times)

BOOST_AUTO_TEST_CASE(rfc_3339_is_read_to_the_letter) {
  for (const auto& [text, read_as] : readings) {
    const auto time = from_rfc3339(text);
    BOOST_TEST(time.has_value() == (read_as != nullptr), text);
    if (time && read_as != nullptr) BOOST_TEST(to_rfc3339(*time) == read_as, text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back_the_same) {
  for (const std::int64_t us :
       {us_min, us_max, us_min + 1, std::int64_t{0}, std::int64_t{-1}, std::int64_t{1},
        std::int64_t{1'000'000}, std::int64_t{951'782'400'000'000}}) {
    const auto text = to_rfc3339(time_from_us(us));
    const auto time = from_rfc3339(text);
    BOOST_REQUIRE_MESSAGE(time.has_value(), text);
    BOOST_TEST(to_us(*time) == us, text);
  }
}

BOOST_AUTO_TEST_CASE(a_protobuf_timestamp_keeps_microseconds_before_1970_too) {
  for (const std::int64_t us :
       {us_min, us_max, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1'500'000}}) {
    const auto proto = to_proto(time_from_us(us));
    BOOST_TEST(proto.nanos() >= 0);
    BOOST_TEST(proto.nanos() < 1'000'000'000);
    BOOST_TEST(to_us(from_proto(proto)) == us);
  }
}

BOOST_AUTO_TEST_CASE(a_foreign_timestamp_outside_the_years_becomes_the_nearest_inside) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  google::protobuf::Timestamp proto;
  proto.set_seconds(most);
  proto.set_nanos(2'000'000'000);
  BOOST_TEST(to_us(from_proto(proto)) == us_max);
  proto.set_seconds(-most - 1);
  proto.set_nanos(-1);
  BOOST_TEST(to_us(from_proto(proto)) == us_min);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
