// Registers the kind `member`.
#include "actors/member/member.hpp"
#include "runtime/catalog.hpp"
#include "runtime/kernel/lift.hpp"

namespace nightshift::actors {

void register_member(runtime::Catalog& catalog) { catalog.add(kernel::lift<Member>()); }

}  // namespace nightshift::actors
