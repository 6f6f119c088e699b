// Day by day, from the day before.
#include "runtime/upkeep/daily.hpp"

namespace nightshift::runtime::upkeep {

Time next_daily(Time after, std::chrono::minutes time_of_day, const Zone& zone) {
  // A clock that was set back over midnight shows yesterday's time once more.
  auto day = std::chrono::sys_days(zone.date_of(after)) - std::chrono::days(1);
  while (zone.at(Date(day), time_of_day) <= after) day += std::chrono::days(1);
  return zone.at(Date(day), time_of_day);
}

}  // namespace nightshift::runtime::upkeep
