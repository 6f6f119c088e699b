// Turns settings into what decisions would have seen.
#include "tools/nightshift/policy.hpp"

#include <algorithm>
#include <set>

#include "bridges/mail/account.hpp"
#include "bridges/webhook/target.hpp"
#include "messages/effects.pb.h"
#include "messages/json.hpp"
#include "messages/prices.pb.h"
#include "messages/usage.pb.h"
#include "runtime/settings.hpp"
#include "runtime/settings_file.hpp"

namespace nightshift::tools {
namespace {

using runtime::Settings;
using runtime::history::Policy;

bool is_called(const Price& price, const std::string& name) {
  return price.model() == name || std::ranges::find(price.aliases(), name) != price.aliases().end();
}

bool prices(const PriceTable& table, const std::string& model) {
  return std::ranges::any_of(table.prices(),
                             [&](const auto& one) { return is_called(one, model); });
}

/// Of the models that the file names; what others cost stays as it was.
std::shared_ptr<const PriceTable> named_prices(const Settings& settings) {
  std::set<std::string> named;
  for (const auto& [name, row] : settings.price_rows) {
    for (const auto& price : settings.prices.prices()) {
      if (is_called(price, row.model.empty() ? name : row.model)) named.insert(price.model());
    }
  }
  auto table = std::make_shared<PriceTable>();
  table->set_version(settings.prices.version());
  for (const auto& price : settings.prices.prices()) {
    if (named.contains(price.model())) *table->add_prices() = price;
  }
  return table;
}

void apply_prices(kernel::NodeFacts& facts, const std::shared_ptr<const PriceTable>& table) {
  const auto& then = facts.owners<PriceTable>();
  const bool named = std::ranges::any_of(
      then.prices(), [&](const Price& price) { return prices(*table, price.model()); });
  if (named) facts.data[PriceTable::descriptor()->full_name()] = table;
}

void apply_webhooks(kernel::NodeFacts& facts, const runtime::Webhooks& webhooks) {
  const auto executor = facts.executors.find(effect::CallWebhook::descriptor()->full_name());
  if (executor == facts.executors.end()) return;
  for (auto& [name, known] : executor->second) {
    const auto other = webhooks.find(name);
    if (other != webhooks.end()) known = bridges::webhook::facts_of(other->second);
  }
}

void apply_accounts(kernel::NodeFacts& facts, const runtime::MailAccounts& accounts) {
  const auto executor = facts.executors.find(effect::SendMail::descriptor()->full_name());
  if (executor == facts.executors.end()) return;
  for (auto& [name, known] : executor->second) {
    const auto other = accounts.find(name);
    if (other != accounts.end()) known = bridges::mail::facts_of(other->second);
  }
}

/// As the executor compares right before it acts.
std::string objection(const Settings& settings, std::string_view effect_type,
                      const Canonical& content) {
  const auto target = content.find("target").value_or("");
  if (effect_type == effect::CallWebhook::descriptor()->full_name()) {
    const auto found = settings.webhooks.find(target);
    if (found != settings.webhooks.end()) {
      return bridges::webhook::difference(content, found->second);
    }
  }
  if (effect_type == effect::SendMail::descriptor()->full_name()) {
    const auto found = settings.mail_accounts.find(target);
    if (found != settings.mail_accounts.end()) {
      return bridges::mail::difference(content, found->second);
    }
  }
  return {};
}

Result<std::vector<Policy::Order>> orders_of(const Settings& settings) {
  std::vector<Policy::Order> orders;
  for (const auto& [name, budget] : settings.budgets) {
    auto command = std::make_shared<usage::SetBudget>();
    command->set_micro_usd(*budget.micro_usd);
    if (auto set = set_field(*command, "window", budget.window); !set) {
      return std::unexpected(set.error());
    }
    orders.push_back({{"usage", budget.meter.empty() ? name : budget.meter}, std::move(command)});
  }
  return orders;
}

/// The budget that somebody set then, of a meter and a window of which the file speaks.
bool overrules(const std::vector<Policy::Order>& orders, const EntityRef& entity,
               const google::protobuf::Message& command) {
  const auto* set = dynamic_cast<const usage::SetBudget*>(&command);
  const auto* lift = dynamic_cast<const usage::LiftBudget*>(&command);
  if (set == nullptr && lift == nullptr) return false;
  const auto window = set != nullptr ? set->window() : lift->window();
  return std::ranges::any_of(orders, [&](const Policy::Order& order) {
    const auto& other = static_cast<const usage::SetBudget&>(*order.command);
    return order.entity == entity && other.window() == window;
  });
}

/// Keys that decisions depend on.
bool has_part(const std::string& key) {
  if (key.starts_with("prices.") || key.starts_with("budget.")) return true;
  if (key.starts_with("webhook.")) return key.ends_with(".url") || key.ends_with(".class");
  if (key.starts_with("mail.")) {
    return key.ends_with(".url") || key.ends_with(".from") || key.ends_with(".user");
  }
  return key == "node.zone" || key == "node.role" || key == "node.capabilities";
}

std::string why_not(const std::string& key) {
  if (key.starts_with("http.")) {
    return key + ": what is turned away at the door is not in the journal; cannot be told";
  }
  if (key.starts_with("vault.")) {
    return key +
           ": what people did in the vault is not in the journal, but for what came of it; "
           "cannot be told";
  }
  if (key == "node.name") {
    return key + ": what was signed names the node that may act; cannot be told";
  }
  return key + ": no decision depends on it";
}

}  // namespace

Result<bridges::cli::PolicyFile> read_policy(const std::filesystem::path& file) {
  const auto entries = runtime::read_settings_file(file);
  if (!entries) return std::unexpected(entries.error());
  const auto loaded = runtime::load_settings({.file = file, .environment = {}, .flags = {}});
  if (!loaded) return std::unexpected(loaded.error());
  const auto settings = std::make_shared<const Settings>(*loaded);
  auto orders = orders_of(*settings);
  if (!orders) return std::unexpected(orders.error());

  bridges::cli::PolicyFile result;
  std::set<std::string> notes;
  for (const auto& entry : *entries) {
    if (entry.key == "node.zone") result.policy.zone = settings->node_zone;
    if (!entry.empty_section && !has_part(entry.key)) notes.insert(why_not(entry.key));
  }
  result.notes.assign(notes.begin(), notes.end());
  result.policy.apply = [settings, table = named_prices(*settings)](kernel::NodeFacts& facts) {
    apply_prices(facts, table);
    apply_webhooks(facts, settings->webhooks);
    apply_accounts(facts, settings->mail_accounts);
    if (settings->node_capabilities) facts.capabilities = *settings->node_capabilities;
    if (!settings->node_role) return;
    facts.role = *settings->node_role;
    // Such a node has nothing that could send.
    if (facts.role == "cloud") facts.executors.clear();
  };
  result.policy.overrules = [orders = *orders](const EntityRef& entity, const auto& command) {
    return overrules(orders, entity, command);
  };
  result.policy.objection = [settings](std::string_view type, const Canonical& content) {
    return objection(*settings, type, content);
  };
  result.policy.orders = std::move(*orders);
  return result;
}

}  // namespace nightshift::tools
