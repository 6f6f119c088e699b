// The part that notices an entity whose code never returns.
#pragma once

#include "runtime/host/core.hpp"
#include "runtime/supervision/part.hpp"

namespace nightshift::runtime::host {

/// CAF cannot pre-empt an actor, so the thread that it holds is lost until the process ends: the
/// entity is put in quarantine, durably, and the process is asked to begin anew at once.
supervision::Part watchdog(Core& core);

}  // namespace nightshift::runtime::host
