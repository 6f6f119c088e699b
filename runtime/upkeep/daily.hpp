// A time of day, every day, in the zone of this machine.
#pragma once

#include <chrono>

#include "messages/time.hpp"

namespace nightshift::runtime::upkeep {

/// The first such moment after `after`. On a day that has no such time (clocks are put forward) an
/// hour later; on one that has it twice, one of the two.
Time next_daily(Time after, std::chrono::minutes time_of_day);

}  // namespace nightshift::runtime::upkeep
