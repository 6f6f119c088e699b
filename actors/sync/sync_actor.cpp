// Registers the kind `sync`.
#include "actors/sync/sync.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_sync(runtime::Catalog& catalog) { catalog.add(kernel::lift<Sync>()); }

}  // namespace nightshift::actors
