// Where a test ends the process, or keeps it busy for ever.
#pragma once

#include <functional>
#include <string_view>

#include "runtime/settings.hpp"

namespace nightshift::tools {

/// `NIGHTSHIFT_CRASH_AT="POINT:N"`: the process kills itself at the N-th pass of this point.
/// `NIGHTSHIFT_LOOP_AT="POINT:N"`: that pass never returns, but in a process that took over from
/// another. Empty where neither is set. Thread-safe.
std::function<void(std::string_view)> crash_point(const runtime::Environment& environment);

}  // namespace nightshift::tools
