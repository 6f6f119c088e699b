// What a meter was asked, from its events.
#pragma once

#include <memory>

#include "runtime/kernel/retrace.hpp"

namespace nightshift::actors {

/// Exact but for a model's alias, which is not kept: the command names the model itself.
std::unique_ptr<kernel::Retrace> retrace_usage();

}  // namespace nightshift::actors
