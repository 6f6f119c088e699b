// Registers the kind `principal`.
#include "actors/principal/principal.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_principal(runtime::Catalog& catalog) { catalog.add(kernel::lift<Principal>()); }

}  // namespace nightshift::actors
