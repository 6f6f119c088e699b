// Registers the kind `action`.
#include "actors/action/action.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_action(runtime::Catalog& catalog) { catalog.add(kernel::lift<Action>()); }

}  // namespace nightshift::actors
