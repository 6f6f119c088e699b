// Through the system's calendar, which knows the zone.
#include "runtime/upkeep/daily.hpp"

#include <ctime>

namespace nightshift::runtime::upkeep {

Time next_daily(Time after, std::chrono::minutes time_of_day) {
  const std::time_t seconds = to_us(after) / 1'000'000;
  std::tm day{};
  ::localtime_r(&seconds, &day);
  for (int ahead = 0;; ++ahead) {
    std::tm at = day;
    at.tm_mday += ahead;
    at.tm_hour = static_cast<int>(time_of_day.count() / 60);
    at.tm_min = static_cast<int>(time_of_day.count() % 60);
    at.tm_sec = 0;
    // Whether summer time holds then is for the system to say.
    at.tm_isdst = -1;
    const auto found = time_from_us(std::int64_t{::mktime(&at)} * 1'000'000);
    if (found > after) return found;
  }
}

}  // namespace nightshift::runtime::upkeep
