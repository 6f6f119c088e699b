// What a data folder needs before a node can serve.
#include "tools/nightshift/initialise.hpp"

#include <algorithm>

#include "messages/crypto.hpp"
#include "messages/ids.hpp"
#include "messages/json.hpp"
#include "messages/principal.pb.h"
#include "messages/usage.pb.h"
#include "tools/nightshift/moves.hpp"

namespace nightshift::tools {
namespace {

using runtime::DataFolder;

constexpr std::chrono::seconds patience{30};

template <class Message>
Result<void> as_host(runtime::Node& node, EntityRef entity, const Message& message) {
  runtime::Command command;
  command.entity = std::move(entity);
  command.body = std::make_shared<Message>(message);
  command.caller = kernel::Caller::of_host();
  const auto answer = node.call(std::move(command), patience);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

bool knows_token(const Authority& authority, const std::string& hash) {
  return std::ranges::any_of(authority.credentials(), [&](const Credential& credential) {
    return credential.token_hash() == hash;
  });
}

Result<void> issue(runtime::Node& node, const std::string& principal, const std::string& token,
                   std::initializer_list<Scope> scopes) {
  principal::Issue command;
  command.set_token_hash(to_hex(as_bytes(sha256(token))));
  for (const auto scope : scopes) command.add_scopes(scope);
  return as_host(node, {"principal", principal}, command);
}

/// A token that was revoked is not given again: the file then gets a fresh one.
Result<void> ensure_admin(runtime::Node& node, const DataFolder& folder) {
  auto token = folder.ensure_admin_token();
  if (!token) return std::unexpected(token.error());
  if (knows_token(*node.authority(), std::string(as_bytes(sha256(*token))))) return {};
  if (node.get({"principal", "admin"})) {
    *token = runtime::make_token();
    if (auto written = runtime::write_private_file(folder.admin_token_file(), *token + "\n");
        !written) {
      return written;
    }
  }
  return issue(node, "admin", *token, {SCOPE_ADMIN});
}

Result<void> ensure_first_approver(runtime::Node& node, const DataFolder& folder) {
  if (node.authority()->approvers_size() > 0) return {};
  const auto known = folder.approvers();
  if (!known) return std::unexpected(known.error());
  if (known->empty()) return {};
  if (known->size() > 1) {
    return fail(
        ErrorCode::config,
        (folder.root() / "approvers").string() +
            " holds several keys and nobody can "
            "approve yet: leave the first approver's there, and add the others while the node "
            "runs",
        "approvers");
  }
  const auto& first = known->front();
  const auto token = folder.read_token(folder.approver_token_file(first.name));
  if (!token) return std::unexpected(token.error());
  // The token first: a crash between the two finds nobody enrolled, and does both again.
  if (!knows_token(*node.authority(), std::string(as_bytes(sha256(*token))))) {
    auto issued =
        issue(node, first.name, *token, {SCOPE_APPROVE, SCOPE_OPERATE, SCOPE_READ, SCOPE_PROPOSE});
    if (!issued) return issued;
  }
  principal::Enroll enroll;
  enroll.set_public_key(first.public_key);
  return as_host(node, {"principal", first.name}, enroll);
}

std::unexpected<Error> differs(const DataFolder& folder, const std::string& key,
                               const std::string& fixed, const std::string& wanted) {
  return fail(ErrorCode::config,
              key + " is \"" + fixed + "\" since " + folder.root().string() +
                  " was initialised, "
                  "and cannot become \"" +
                  wanted +
                  "\": remove the setting, or start a new node in "
                  "another data folder",
              key);
}

std::string joined(std::vector<std::string> words) {
  std::ranges::sort(words);
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

Identity new_identity(const runtime::Settings& settings, Time now) {
  Identity identity;
  identity.set_node(settings.node_name.value_or(runtime::default_node_name()));
  identity.set_role(settings.node_role.value_or("local"));
  for (const auto& word : settings.node_capabilities.value_or(std::vector<std::string>())) {
    identity.add_capabilities(word);
  }
  identity.set_log_id(to_hex(random_bytes(16)));
  identity.set_policy_version(0);
  identity.set_created_at_us(to_us(now));
  return identity;
}

Result<void> check_identity(const runtime::Settings& settings, const Identity& identity,
                            const DataFolder& folder) {
  if (settings.node_name && *settings.node_name != identity.node()) {
    return differs(folder, "node.name", identity.node(), *settings.node_name);
  }
  if (settings.node_role && *settings.node_role != identity.role()) {
    return differs(folder, "node.role", identity.role(), *settings.node_role);
  }
  if (!settings.node_capabilities) return {};
  const auto fixed = joined({identity.capabilities().begin(), identity.capabilities().end()});
  const auto wanted = joined(*settings.node_capabilities);
  if (fixed != wanted) return differs(folder, "node.capabilities", fixed, wanted);
  return {};
}

Result<void> ensure_principals(runtime::Node& node, const DataFolder& folder) {
  if (auto done = ensure_admin(node, folder); !done) return done;
  return ensure_first_approver(node, folder);
}

Placement placement_of(const runtime::Placements& homes, const Identity& identity) {
  Placement placement;
  auto& all = *placement.mutable_homes();
  all["approval"] = identity.role() == "cloud" ? "local" : identity.node();
  for (const auto& [kind, home] : homes) all[kind] = home;
  return placement;
}

kernel::OwnersData owners_data(const runtime::Settings& settings, const Placement& placement) {
  return {
      {Placement::descriptor()->full_name(), std::make_shared<Placement>(placement)},
      {PriceTable::descriptor()->full_name(), std::make_shared<PriceTable>(settings.prices)},
      {RoutingTable::descriptor()->full_name(), std::make_shared<RoutingTable>(settings.routes)},
      {MovePolicy::descriptor()->full_name(), std::make_shared<MovePolicy>(move_policy(settings))}};
}

Result<void> ensure_budgets(runtime::Node& node, const runtime::Settings& settings) {
  for (const auto& [name, budget] : settings.budgets) {
    usage::SetBudget command;
    command.set_micro_usd(*budget.micro_usd);
    if (auto set = set_field(command, "window", budget.window); !set) return set;
    const auto& meter = budget.meter.empty() ? name : budget.meter;
    if (auto done = as_host(node, {"usage", meter}, command); !done) {
      return fail(ErrorCode::config, "[budget." + name + "]: " + done.error().detail, name);
    }
  }
  return {};
}

}  // namespace nightshift::tools
