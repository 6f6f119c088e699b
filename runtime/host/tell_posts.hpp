// Where Tells leave for their targets, and where what became of them comes back to their sources.
#pragma once

#include <memory>

#include "runtime/host/core.hpp"

namespace nightshift::runtime::host {

/// Delivers to the owners that `core` knows. `core` must outlive it.
std::shared_ptr<Tells> make_tells(Core& core);

}  // namespace nightshift::runtime::host
