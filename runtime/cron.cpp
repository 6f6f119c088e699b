// Walks the calendar.
#include "runtime/cron.hpp"

#include <chrono>

namespace nightshift::runtime {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;

/// A 29th of February that is to be a Monday may be 40 years away, and is nobody's plan.
constexpr int days_max = 8 * 366;

bool is_on(const Cron& cron, sys_days day) {
  const Date date(day);
  if (!cron.months.test(static_cast<unsigned>(date.month()))) return false;
  const bool by_day = cron.days.test(static_cast<unsigned>(date.day()));
  const bool by_weekday = cron.weekdays.test(std::chrono::weekday(day).c_encoding());
  if (cron.any_day || cron.any_weekday) return by_day && by_weekday;
  return by_day || by_weekday;
}

}  // namespace

std::optional<Time> next_time(const Cron& cron, Time after, const Zone& zone) {
  // The day before may still have times to come where the clock was set back over midnight.
  auto day = sys_days(zone.date_of(after)) - days(1);
  for (int n = 0; n < days_max; ++n, day += days(1)) {
    if (!is_on(cron, day)) continue;
    for (unsigned hour = 0; hour < cron.hours.size(); ++hour) {
      for (unsigned minute = 0; cron.hours.test(hour) && minute < cron.minutes.size(); ++minute) {
        if (!cron.minutes.test(minute)) continue;
        const auto moment = zone.at(Date(day), hours(hour) + minutes(minute));
        if (moment > after) return moment;
      }
    }
  }
  return std::nullopt;
}

}  // namespace nightshift::runtime
