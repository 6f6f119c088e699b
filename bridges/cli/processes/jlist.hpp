// The document of `pm2 jlist`.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/cli/processes/machine.hpp"

namespace nightshift::bridges::cli {

/// An array, an object per process, in the shape that PM2's readers know. Numbers are PM2's:
/// milliseconds, `pm_uptime` when it was started rather than for how long it has run. No value of a
/// secret is in it, nor of what a name says is one.
Json jlist_of(std::span<const Process> processes, const Machine& machine);

/// The variables of a process; those that are secrets have `(sealed:NAME)` or `(hidden)` for a
/// value.
std::vector<std::pair<std::string, std::string>> shown_environment(const Json& config);

/// PM2's word for a status: `waiting` is `waiting restart` there.
std::string pm2_status(std::string_view status);

}  // namespace nightshift::bridges::cli
