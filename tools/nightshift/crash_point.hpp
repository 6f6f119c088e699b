// Where a crash test ends the process.
#pragma once

#include <functional>
#include <string_view>

#include "runtime/settings.hpp"

namespace nightshift::tools {

/// `NIGHTSHIFT_CRASH_AT="POINT:N"`: the process kills itself at the N-th pass of this point. Empty
/// where the variable is not set. Thread-safe.
std::function<void(std::string_view)> crash_point(const runtime::Environment& environment);

}  // namespace nightshift::tools
