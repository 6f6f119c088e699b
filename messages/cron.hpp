// Times that come again and again, as crontab(5) writes them.
#pragma once

#include <bitset>
#include <string_view>

#include "messages/error.hpp"

namespace nightshift {

/// Minute, hour, day of the month, month, day of the week: numbers, ranges (`1-5`), steps (`*/15`),
/// lists (`1,15`), names (`mon`, `jan`); or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
/// Where both days are restricted, one of them suffices.
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

/// Error `invalid` for the field `cron_restart`, which names what is wrong: a word that is none, a
/// date that never comes.
Result<Cron> parse_cron(std::string_view text);

}  // namespace nightshift
