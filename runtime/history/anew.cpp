// Hands a kind what it was handed then, or what it would have been.
#include "runtime/history/anew.hpp"

#include <exception>

#include "messages/crypto.hpp"
#include "messages/gate.hpp"
#include "messages/moves.hpp"
#include "runtime/kernel/allowance.hpp"

namespace nightshift::runtime::history {
namespace {

/// More than any decision takes.
constexpr unsigned fresh_ids_max = 16;

Digest fresh_of(const EntityRef& name, std::uint64_t sequence) {
  return sha256({"nightshift.anew.v1\n", to_string(name), "\n", std::to_string(sequence)});
}

kernel::Context context_of(const EntityRef& name, std::uint64_t sequence,
                           const Surroundings& around, const Authority& authority,
                           const Digest& fresh) {
  return {.now = around.now,
          .caller = around.caller,
          .id = name.id,
          .sequence = sequence,
          .node = around.facts,
          .authority = authority,
          .fresh = as_bytes(fresh).substr(0, 16),
          .calendar = around.calendar};
}

}  // namespace

kernel::NodeFacts facts_of(const Identity& identity) {
  return {.name = identity.node(),
          .role = identity.role(),
          .capabilities = {identity.capabilities().begin(), identity.capabilities().end()},
          .policy_version = identity.policy_version(),
          .executors = {}};
}

kernel::Caller caller_of(const std::string& principal, const Authority& authority,
                         std::optional<bool> agent) {
  if (principal == kernel::Caller::of_host().principal) return kernel::Caller::of_host();
  if (const auto entity = parse_entity(principal)) return kernel::Caller::of_entity(*entity);
  kernel::Caller caller;
  caller.principal = principal;
  for (const auto& credential : authority.credentials()) {
    if (credential.principal() != principal) continue;
    caller.agent = credential.agent();
    for (const auto scope : credential.scopes()) caller.scopes.insert(static_cast<Scope>(scope));
  }
  if (agent) caller.agent = *agent;
  if (caller.scopes.empty()) {
    caller.scopes = {SCOPE_READ, SCOPE_OPERATE, SCOPE_PROPOSE};
    if (!caller.agent) caller.scopes.insert({SCOPE_APPROVE, SCOPE_ADMIN});
  }
  return caller;
}

Result<kernel::AnyEvents> decide(const kernel::Entity& entity, const EntityRef& name,
                                 std::uint64_t sequence, const google::protobuf::Message& command,
                                 const Surroundings& around, const Authority& authority) {
  const auto fresh = fresh_of(name, sequence);
  const auto context = context_of(name, sequence, around, authority, fresh);
  try {
    return entity.decide(command, context);
  } catch (const std::exception& error) {
    return fail(ErrorCode::bug, error.what(), to_string(name));
  }
}

std::vector<std::string> fresh_ids(const EntityRef& name, std::uint64_t sequence) {
  const Surroundings nothing;
  const Authority nobody;
  const auto fresh = fresh_of(name, sequence);
  const auto context = context_of(name, sequence, nothing, nobody, fresh);
  std::vector<std::string> ids;
  for (unsigned n = 0; n < fresh_ids_max; ++n) ids.push_back(context.fresh_id(n));
  return ids;
}

Result<void> may_act(const kernel::Effect& effect, const Surroundings& around,
                     const Authority& authority) {
  const auto grant = kernel::right_to_act(around.facts, effect.type, effect.gate.has_value());
  if (!grant) return std::unexpected(grant.error());
  if (!effect.gate) return {};
  const auto content = open_gate(*effect.gate, authority, around.facts.name, around.now,
                                 policy_shown_by(*effect.gate));
  if (!content) return std::unexpected(content.error());
  return {};
}

}  // namespace nightshift::runtime::history
