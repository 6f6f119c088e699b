// Every kind of this program.
#pragma once

#include "runtime/catalog.hpp"
#include "runtime/kernel/retrace.hpp"

namespace nightshift::actors {

/// Adds each kind once, in the order of the list in `all.cpp`.
void register_all(runtime::Catalog& catalog);

/// What leads the events of a kind back to commands; not every kind has it.
kernel::Retraces retraces();

}  // namespace nightshift::actors
