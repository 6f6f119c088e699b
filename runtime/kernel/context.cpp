// What a caller may do, and the fresh ids of a decision.
#include "runtime/kernel/context.hpp"

#include "messages/crypto.hpp"

namespace nightshift::kernel {

bool Caller::may(Scope scope) const {
  if (host || scopes.contains(scope)) return true;
  return scopes.contains(SCOPE_ADMIN) && scope != SCOPE_APPROVE && scope != SCOPE_HOST;
}

Caller Caller::of_host() {
  return Caller{.principal = "host", .scopes = {}, .agent = false, .host = true};
}

Caller Caller::of_entity(const EntityRef& source) {
  return Caller{.principal = to_string(source),
                .scopes = {SCOPE_READ, SCOPE_OPERATE, SCOPE_PROPOSE, SCOPE_HOST},
                .agent = true,
                .host = false};
}

std::string Context::fresh_id(unsigned n) const {
  const auto hash = sha256({"nightshift.fresh.v1\n", fresh, std::to_string(n)});
  return to_hex(as_bytes(hash).substr(0, 16));
}

}  // namespace nightshift::kernel
