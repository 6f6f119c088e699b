// When a time of crontab(5) comes next, by the clock on a wall.
#pragma once

#include <optional>

#include "messages/cron.hpp"
#include "runtime/calendar.hpp"

namespace nightshift::runtime {

/// The first after `after` in this zone: a time that the clock skips comes right after the gap, one
/// that it shows twice comes once. Nothing where there is none within eight years.
std::optional<Time> next_time(const Cron& cron, Time after, const Zone& zone);

}  // namespace nightshift::runtime
