// RFC 3339 and Protobuf forms of a point in time.
#include "messages/time.hpp"

#include <algorithm>

namespace nightshift {
namespace {

using std::chrono::days;
using std::chrono::microseconds;

constexpr Time first = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
constexpr Time past_last = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};
constexpr std::int64_t us_per_s = 1'000'000;

void append_digits(std::string& out, unsigned value, int width) {
  char digits[10];
  for (int i = width - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, width);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads a text from left to right; what was expected and did not come makes `ok` false.
struct Reader {
  std::string_view rest;
  bool ok = true;

  bool next_is(std::string_view one_of) const {
    return !rest.empty() && one_of.find(rest.front()) != std::string_view::npos;
  }
  char take(std::string_view one_of) {
    if (!next_is(one_of)) return fail(), '\0';
    const char taken = rest.front();
    rest.remove_prefix(1);
    return taken;
  }
  unsigned number(std::size_t width, unsigned max) {
    if (rest.size() < width) return fail(), 0;
    unsigned value = 0;
    for (const char c : rest.substr(0, width)) {
      if (!is_digit(c)) return fail(), 0;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    rest.remove_prefix(width);
    if (value > max) fail();
    return value;
  }
  /// Digits after the point, as microseconds; what is finer is cut off.
  microseconds fraction() {
    if (rest.empty() || !is_digit(rest.front())) return fail(), microseconds{0};
    std::int64_t us = 0;
    std::int64_t unit = us_per_s / 10;
    for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1), unit /= 10) {
      us += (rest.front() - '0') * unit;
    }
    return microseconds{us};
  }
  void fail() { ok = false, rest = {}; }
};

/// Leap seconds are the last of a day, UTC; which days have one cannot be known in advance.
bool may_have_leap_second(Time start_of_minute) {
  return start_of_minute - std::chrono::floor<days>(start_of_minute) ==
         days(1) - std::chrono::minutes(1);
}

}  // namespace

std::string to_rfc3339(Time time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text;
  text.reserve(27);
  append_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_digits(text += '-', static_cast<unsigned>(date.month()), 2);
  append_digits(text += '-', static_cast<unsigned>(date.day()), 2);
  append_digits(text += 'T', static_cast<unsigned>(clock.hours().count()), 2);
  append_digits(text += ':', static_cast<unsigned>(clock.minutes().count()), 2);
  append_digits(text += ':', static_cast<unsigned>(clock.seconds().count()), 2);
  if (clock.subseconds().count() != 0) {
    append_digits(text += '.', static_cast<unsigned>(clock.subseconds().count()), 6);
  }
  return text += 'Z';
}

std::optional<Time> from_rfc3339(std::string_view text) {
  Reader reader{text};
  const int year = static_cast<int>(reader.number(4, 9999));
  reader.take("-");
  const auto month = reader.number(2, 12);
  reader.take("-");
  const auto day = reader.number(2, 31);
  reader.take("Tt");
  const auto hour = reader.number(2, 23);
  reader.take(":");
  const auto minute = reader.number(2, 59);
  reader.take(":");
  const auto second = reader.number(2, 60);
  microseconds fraction{0};
  if (reader.next_is(".")) {
    reader.take(".");
    fraction = reader.fraction();
  }
  const char zone = reader.take("Zz+-");
  std::chrono::minutes offset{0};
  if (zone == '+' || zone == '-') {
    offset = std::chrono::hours(reader.number(2, 23));
    reader.take(":");
    offset += std::chrono::minutes(reader.number(2, 59));
    if (zone == '-') offset = -offset;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if (!reader.ok || !reader.rest.empty() || !date.ok()) return std::nullopt;
  const Time start_of_minute = Time(std::chrono::sys_days{date}) + std::chrono::hours(hour) +
                               std::chrono::minutes(minute) - offset;
  if (second == 60 && !may_have_leap_second(start_of_minute)) return std::nullopt;
  const Time time = start_of_minute + std::chrono::seconds(second) + fraction;
  if (time < first || time >= past_last) return std::nullopt;
  return time;
}

Time from_proto(const google::protobuf::Timestamp& time) {
  const Time second_max = past_last - std::chrono::seconds(1);
  const auto seconds =
      std::clamp(time.seconds(), to_us(first) / us_per_s, to_us(second_max) / us_per_s);
  const auto nanos = std::clamp(time.nanos(), 0, 999'999'999);
  return time_from_us(seconds * us_per_s + nanos / 1000);
}

google::protobuf::Timestamp to_proto(Time time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp proto;
  proto.set_seconds(second.time_since_epoch().count());
  proto.set_nanos(static_cast<std::int32_t>((time - second) / std::chrono::nanoseconds(1)));
  return proto;
}

}  // namespace nightshift
