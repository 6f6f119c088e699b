// Registers the kind `task`.
#include "actors/task/task.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_task(runtime::Catalog& catalog) { catalog.add(kernel::lift<Task>()); }

}  // namespace nightshift::actors
