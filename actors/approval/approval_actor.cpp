// Registers the kind `approval`.
#include "actors/approval/approval.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_approval(runtime::Catalog& catalog) { catalog.add(kernel::lift<Approval>()); }

}  // namespace nightshift::actors
