// Every kind of this program.
#pragma once

#include "runtime/catalog.hpp"

namespace nightshift::actors {

/// Adds each kind once, in the order of the list in `all.cpp`.
void register_all(runtime::Catalog& catalog);

}  // namespace nightshift::actors
