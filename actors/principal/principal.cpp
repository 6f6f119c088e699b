// Who may call and who may approve: tokens never make an approver, signatures do.
#include "actors/principal/principal.hpp"

#include <algorithm>
#include <set>

#include "messages/canonical.hpp"
#include "messages/crypto.hpp"

namespace nightshift::actors {
namespace {

using namespace principal_pb;
using kernel::Context;
using Events = Principal::Events;

constexpr std::size_t hash_bytes = 32;
constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 16;
constexpr int tokens_max = 64;

/// The name by which the host itself acts, in every record that it writes.
constexpr std::string_view host_name = "host";

/// The bytes of a text that is exactly their base64url form, or nothing.
std::optional<std::string> exact_base64url(const std::string& text, std::size_t size) {
  auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != size || to_base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

Result<void> check_name(const Context& context) {
  if (context.id != host_name) return {};
  return fail(ErrorCode::forbidden, "the name host is the node's own; choose another");
}

Result<void> check_scopes(const Issue& command) {
  if (command.scopes().empty())
    return fail(ErrorCode::invalid, "name at least one scope", "scopes");
  for (const auto value : command.scopes()) {
    const auto scope = static_cast<Scope>(value);
    if (!Scope_IsValid(value) || scope == SCOPE_UNSPECIFIED || scope == SCOPE_HOST) {
      return fail(ErrorCode::invalid, "a token's scopes are read, operate, propose, approve, admin",
                  "scopes");
    }
    if (command.agent() && (scope == SCOPE_APPROVE || scope == SCOPE_ADMIN)) {
      return fail(ErrorCode::forbidden,
                  "an agent's token never holds approve, nor admin, which could give it away",
                  "scopes");
    }
  }
  return {};
}

Result<Events> issue(const Issue& command, const Context& context) {
  if (auto name = check_name(context); !name) return std::unexpected(name.error());
  const auto hash = from_hex(command.token_hash());
  if (!hash || hash->size() != hash_bytes) {
    return fail(ErrorCode::invalid, "token_hash is not the hex of a SHA-256", "token_hash");
  }
  if (auto scopes = check_scopes(command); !scopes) return std::unexpected(scopes.error());
  Issued event;
  event.set_token_hash(*hash);
  *event.mutable_scopes() = command.scopes();
  event.set_agent(command.agent());
  event.set_principal(std::string(context.id));
  return event;
}

/// The first approver: vouched for by nobody, so only while the node is being made.
Result<Events> enroll_first(const std::string& key, const Context& context) {
  if (!context.caller.host) {
    return fail(ErrorCode::forbidden,
                "the first approver is enrolled when the node is initialised, by no token; use "
                "nightshift approver add before the node first runs");
  }
  Enrolled event;
  event.set_public_key(key);
  event.set_principal(std::string(context.id));
  return event;
}

Result<Events> enroll_vouched(const Enroll& command, const std::string& key,
                              const Context& context) {
  const auto& approvers = context.authority.approvers();
  const auto voucher = std::ranges::find(approvers, command.approver(), &Approver::name);
  if (voucher == approvers.end()) {
    return fail(ErrorCode::forbidden,
                "a new approver needs the signature of an existing one, and '" +
                    command.approver() + "' is none",
                "approver");
  }
  if (!exact_base64url(command.nonce(), nonce_bytes)) {
    return fail(ErrorCode::invalid, "the nonce is not base64url of 16 bytes", "nonce");
  }
  const auto signature = from_base64url(command.signature());
  const auto text =
      enrolment_text(context.id, command.public_key(), command.nonce(), context.node.name);
  if (!signature || !verify_signature(voucher->public_key(), text, *signature)) {
    return fail(ErrorCode::bad_signature,
                "the signature is not " + command.approver() + "'s over the enrolment of " +
                    std::string(context.id) + " on " + context.node.name,
                "signature");
  }
  Enrolled event;
  event.set_public_key(key);
  event.set_approver(command.approver());
  event.set_signature(*signature);
  event.set_nonce(command.nonce());
  event.set_principal(std::string(context.id));
  return event;
}

Result<Events> enroll(const Enroll& command, const Context& context) {
  if (auto name = check_name(context); !name) return std::unexpected(name.error());
  const auto key = exact_base64url(command.public_key(), key_bytes);
  if (!key) {
    return fail(ErrorCode::invalid, "public_key is not base64url of an Ed25519 key", "public_key");
  }
  for (const auto& approver : context.authority.approvers()) {
    if (approver.public_key() == *key && approver.name() != context.id) {
      return fail(ErrorCode::invalid,
                  "this key is " + approver.name() + "'s; each approver has a key of their own",
                  "public_key");
    }
  }
  if (context.authority.approvers().empty()) return enroll_first(*key, context);
  return enroll_vouched(command, *key, context);
}

}  // namespace

// ---- decide

Result<Events> Principal::decide(const Absent&, const Issue& command, const Context& context) {
  return issue(command, context);
}

Result<Events> Principal::decide(const Absent&, const Enroll& command, const Context& context) {
  return enroll(command, context);
}

Result<Events> Principal::decide(const Active& phase, const Issue& command,
                                 const Context& context) {
  if (command.agent() != phase.agent()) {
    return fail(ErrorCode::invalid,
                phase.name() + (phase.agent() ? " is an agent" : " is no agent") +
                    ", and stays so; use another name",
                "agent");
  }
  const auto hash = from_hex(command.token_hash()).value_or("");
  for (const auto& credential : phase.credentials()) {
    if (credential.token_hash() != hash) continue;
    return fail(ErrorCode::invalid, phase.name() + " has this token already", "token_hash");
  }
  if (phase.credentials_size() >= tokens_max) {
    return fail(ErrorCode::invalid,
                phase.name() + " has " + std::to_string(tokens_max) + " tokens; revoke them first");
  }
  return issue(command, context);
}

Result<Events> Principal::decide(const Active& phase, const Enroll& command,
                                 const Context& context) {
  if (phase.agent()) {
    return fail(ErrorCode::forbidden, phase.name() + " is an agent, and an agent never approves");
  }
  if (std::ranges::find(phase.nonces(), command.nonce()) != phase.nonces().end()) {
    return fail(ErrorCode::invalid, "this nonce was used before; sign again with a fresh one",
                "nonce");
  }
  return enroll(command, context);
}

Result<Events> Principal::decide(const Active& phase, const Revoke&, const Context&) {
  if (phase.credentials().empty()) return Events();
  return Revoked();
}

Result<Events> Principal::decide(const Active& phase, const Dismiss&, const Context& context) {
  if (phase.public_key().empty()) return Events();
  const auto is_another = [&phase](const Approver& one) { return one.name() != phase.name(); };
  if (std::ranges::none_of(context.authority.approvers(), is_another)) {
    return fail(ErrorCode::forbidden,
                phase.name() +
                    " is the last approver, and nobody else could enrol another; enrol one first: "
                    "nightshift approver add NAME");
  }
  return Dismissed();
}

// ---- evolve

Principal::State Principal::evolve(Absent&&, const Issued& event) {
  Active active;
  active.set_agent(event.agent());
  return evolve(std::move(active), event);
}

Principal::State Principal::evolve(Absent&&, const Enrolled& event) {
  return evolve(Active(), event);
}

Principal::State Principal::evolve(Active&& phase, const Issued& event) {
  phase.set_name(event.principal());
  auto& credential = *phase.add_credentials();
  credential.set_principal(event.principal());
  credential.set_token_hash(event.token_hash());
  *credential.mutable_scopes() = event.scopes();
  credential.set_agent(event.agent());
  return std::move(phase);
}

Principal::State Principal::evolve(Active&& phase, const Enrolled& event) {
  phase.set_name(event.principal());
  phase.set_public_key(event.public_key());
  phase.set_vouched_by(event.approver());
  if (!event.nonce().empty()) phase.add_nonces(event.nonce());
  return std::move(phase);
}

Principal::State Principal::evolve(Active&& phase, const Revoked&) {
  phase.clear_credentials();
  return std::move(phase);
}

Principal::State Principal::evolve(Active&& phase, const Dismissed&) {
  phase.clear_public_key();
  phase.clear_vouched_by();
  return std::move(phase);
}

// ---- shown and contributed

View Principal::view(const Active& phase) {
  View view;
  view.set_agent(phase.agent());
  view.set_approver(!phase.public_key().empty());
  view.set_tokens(static_cast<std::uint32_t>(phase.credentials_size()));
  std::set<Scope> scopes;
  for (const auto& credential : phase.credentials()) {
    for (const auto scope : credential.scopes()) scopes.insert(static_cast<Scope>(scope));
  }
  for (const auto scope : scopes) view.add_scopes(scope);
  view.set_public_key(to_base64url(phase.public_key()));
  view.set_vouched_by(phase.vouched_by());
  return view;
}

void Principal::contribute(const Active& phase, Authority& authority) {
  for (const auto& credential : phase.credentials()) *authority.add_credentials() = credential;
  if (phase.public_key().empty()) return;
  auto& approver = *authority.add_approvers();
  approver.set_name(phase.name());
  approver.set_public_key(phase.public_key());
}

}  // namespace nightshift::actors
