// The list of kinds: a line each.
#include "actors/all.hpp"

#include "actors/approval/approval_retrace.hpp"
#include "actors/usage/usage_retrace.hpp"

#define NIGHTSHIFT_KINDS(KIND) \
  KIND(action)                 \
  KIND(approval)               \
  KIND(custody)                \
  KIND(draft)                  \
  KIND(mcp_server)             \
  KIND(member)                 \
  KIND(principal)              \
  KIND(process)                \
  KIND(sync)                   \
  KIND(task)                   \
  KIND(usage)                  \
  /* tools/dev new-kind adds its line above this one */

namespace nightshift::actors {

#define NIGHTSHIFT_DECLARE(NAME) void register_##NAME(runtime::Catalog&);
NIGHTSHIFT_KINDS(NIGHTSHIFT_DECLARE)
#undef NIGHTSHIFT_DECLARE

void register_all(runtime::Catalog& catalog){
#define NIGHTSHIFT_REGISTER(NAME) register_##NAME(catalog);
    NIGHTSHIFT_KINDS(NIGHTSHIFT_REGISTER)
#undef NIGHTSHIFT_REGISTER
}

kernel::Retraces retraces() {
  return {{"approval", retrace_approval}, {"usage", retrace_usage}};
}

}  // namespace nightshift::actors
