// Times that come again and again, as crontab(5) writes them.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "messages/error.hpp"
#include "messages/time.hpp"

namespace nightshift::runtime {

/// Minute, hour, day of the month, month, day of the week: numbers, ranges (1-5), steps (*/15),
/// lists (1,15), names (mon, jan); or @hourly, @daily, @weekly, @monthly. Where both days are
/// restricted, one of them suffices.
struct Cron {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;
  std::bitset<13> months;
  /// From Sunday.
  std::bitset<7> weekdays;
  bool any_day = true;
  bool any_weekday = true;
};

/// Error `invalid`, which names the field.
Result<Cron> parse_cron(std::string_view text);

/// The first time after `after`, by the clock on the wall of an IANA zone: a time that the clock
/// skips comes right after the gap, one that it shows twice comes once. Nothing where there is none
/// within eight years, or no such zone.
std::optional<Time> next_time(const Cron& cron, Time after, std::string_view zone);

}  // namespace nightshift::runtime
