// Registers the kind `draft`.
#include "actors/draft/draft.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_draft(runtime::Catalog& catalog) { catalog.add(kernel::lift<Draft>()); }

}  // namespace nightshift::actors
