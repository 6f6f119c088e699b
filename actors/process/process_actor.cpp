// Registers the kind `process`.
#include "actors/process/process.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_process(runtime::Catalog& catalog) { catalog.add(kernel::lift<Process>()); }

}  // namespace nightshift::actors
