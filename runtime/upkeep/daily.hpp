// A time of day, every day, in a zone.
#pragma once

#include <chrono>

#include "messages/time.hpp"
#include "runtime/calendar.hpp"

namespace nightshift::runtime::upkeep {

/// The first such moment after `after`. On a day that has no such time (clocks are put forward),
/// when they are; on one that has it twice, the first.
Time next_daily(Time after, std::chrono::minutes time_of_day, const Zone& zone);

}  // namespace nightshift::runtime::upkeep
