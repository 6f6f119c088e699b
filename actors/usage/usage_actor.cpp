// Registers the kind `usage`.
#include "actors/usage/usage.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_usage(runtime::Catalog& catalog) { catalog.add(kernel::lift<Usage>()); }

}  // namespace nightshift::actors
