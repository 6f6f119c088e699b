// Registers the kind `custody`.
#include "actors/custody/custody.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_custody(runtime::Catalog& catalog) { catalog.add(kernel::lift<Custody>()); }

}  // namespace nightshift::actors
