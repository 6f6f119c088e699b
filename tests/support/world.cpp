// Makes the world of a test.
#include "tests/support/world.hpp"

#include "messages/assignment.pb.h"
#include "messages/canonical.hpp"
#include "messages/effects.pb.h"
#include "messages/moves.pb.h"
#include "messages/prices.pb.h"
#include "messages/tool_call.pb.h"

namespace nightshift::tests {
namespace {

void add_price(PriceTable& table, const std::string& model, const char* valid_from,
               std::initializer_list<std::uint64_t> rates) {
  auto& price = *table.add_prices();
  price.set_model(model);
  price.add_aliases(model + "-latest");
  *price.mutable_valid_from() = to_proto(*from_rfc3339(valid_from));
  const auto* rate = rates.begin();
  price.mutable_rates()->set_input_micro_usd(rate[0]);
  price.mutable_rates()->set_output_micro_usd(rate[1]);
  price.mutable_rates()->set_cache_read_micro_usd(rate[2]);
  price.mutable_rates()->set_cache_write_micro_usd(rate[3]);
}

std::shared_ptr<const PriceTable> price_table() {
  auto table = std::make_shared<PriceTable>();
  table->set_version("0123456789ab");
  add_price(*table, "haiku", "2026-01-01T00:00:00Z", {800'000, 4'000'000, 80'000, 1'000'000});
  add_price(*table, "opus", "2026-01-01T00:00:00Z", {3'000'000, 15'000'000, 300'000, 3'750'000});
  add_price(*table, "opus", "2026-11-01T00:00:00Z", {5'000'000, 25'000'000, 500'000, 6'250'000});
  return table;
}

void add_agent(RoutingTable& table, const std::string& name, Channel channel,
               std::initializer_list<const char*> keywords, const std::string& webhook = "") {
  auto& agent = *table.add_agents();
  agent.set_name(name);
  agent.set_channel(channel);
  agent.set_webhook(webhook);
  for (const auto* keyword : keywords) agent.add_keywords(keyword);
}

std::shared_ptr<const RoutingTable> routing_table() {
  auto table = std::make_shared<RoutingTable>();
  add_agent(*table, "accounting", CHANNEL_ODOO, {"invoice", "payment", "accounting", "odoo"},
            "crm");
  add_agent(*table, "email", CHANNEL_EMAIL, {"email", "reply", "message", "gmail"});
  add_agent(*table, "social", CHANNEL_LINKEDIN, {"facebook", "instagram", "twitter", "linkedin"});
  return table;
}

/// Alice's moves decide on whatever a move can decide on.
std::shared_ptr<const MovePolicy> move_policy() {
  auto policy = std::make_shared<MovePolicy>();
  policy->set_owner("alice");
  for (const auto* channel : {"email", "linkedin", "whatsapp", "social"}) {
    policy->add_channels(channel);
  }
  return policy;
}

/// What tasks, drafts and members are made of.
std::map<std::string, std::vector<std::string>, std::less<>> night_words() {
  return {{"agent", {"", "email", "social", "accounting"}},
          {"owner", {"alice", "alice", "bob"}},
          {"outcome", {"sent", "failed", "refused", "rejected", "expired"}},
          {"status", {"sent", "failed", "rejected", "withdrawn", "expired"}},
          {"task", {"", "t1"}},
          {"text", {"", "Please reply to Ines", "An invoice is due"}},
          {"agent_id", {"local"}},
          {"vault_path", {"", "/home/alice/vault"}},
          {"git_remote_url", {"", "git@github.com:alice/vault.git"}},
          {"whatsapp_notification_number", {"", "+1234567890"}},
          {"anthropic_api_key", {"", "env:ANTHROPIC_API_KEY"}},
          {"mcp_servers", {"email-mcp", "whatsapp-mcp"}},
          {"session_files_path", {"", "/home/alice/.sessions"}}};
}

/// What configurations of processes are made of.
std::map<std::string, std::vector<std::string>, std::less<>> process_words() {
  return {{"command", {"node", "/bin/sleep"}},
          {"cwd", {"", "/srv"}},
          {"env", {"PORT=8080", "EMPTY="}},
          {"secrets", {"API_KEY=sealed:api", "DB=env:DATABASE_URL"}},
          {"stdin_file", {"", "/dev/zero"}},
          {"app", {"", "web"}},
          {"kill_signal", {"", "SIGINT", "SIGQUIT"}},
          {"signal", {"SIGHUP", "SIGUSR2"}},
          {"after", {"redis", "migrate:completed"}},
          {"ready", {"notify", "tcp:6379 and http://127.0.0.1:80/ready"}},
          {"live", {"tcp:6379"}},
          {"startup", {"http://[::1]:8080"}},
          {"live_every_ms", {"10", "30000"}},
          {"live_timeout_ms", {"1", "5000"}},
          {"live_failures", {"1", "3"}},
          {"cron_restart", {"0 4 * * *", "@daily"}},
          {"cron_zone", {""}},
          {"watch", {"/srv/app"}},
          {"watch_ignore", {"node_modules"}},
          {"memory_bytes_max", {"0", "268435456"}},
          {"out_file", {"", "/var/log/out"}},
          {"error_file", {"", "/var/log/error"}}};
}

/// What configurations of MCP servers and their tools are made of.
std::map<std::string, std::vector<std::string>, std::less<>> mcp_words() {
  return {{"url", {"", "", "", "https://mcp.example.org/mcp"}},
          {"headers", {"X-Team: night"}},
          {"secret_headers", {"Authorization: Bearer sealed:crm"}},
          {"free", {"read_*"}},
          {"approval", {"write_file"}},
          {"forbidden", {"delete_*"}},
          {"capabilities", {"post_*=odoo_post"}},
          {"repeatable", {"write_file"}},
          {"server", {"files"}},
          {"tool", {"read_file", "write_file", "delete_file"}},
          {"arguments", {"{}"}},
          {"pin", {std::string(64, 'a'), std::string(64, 'b')}}};
}

/// What synchronised vaults are made of.
std::map<std::string, std::vector<std::string>, std::less<>> sync_words() {
  return {{"conflict", {"1", "2", "3", "all"}},
          {"kept_as", {"", "", "Plans/week.conflict-0a1b2c3d.md"}},
          {"path", {"Dashboard.md", "Plans/week.md"}},
          {"ahead", {"0", "1"}},
          {"behind", {"0", "1"}}};
}

/// A tool that may be called, as the node has found it.
Canonical known_tool() {
  Canonical facts;
  facts.add("server", "files");
  facts.add("tool", "read_file");
  facts.add("reached", "mcp-server-filesystem /srv");
  facts.add("pin", std::string(64, 'a'));
  facts.add("class", "neither");
  facts.add("arguments", "{}");
  facts.add("asked", "{}");
  return facts;
}

}  // namespace

World::World() : now(*from_rfc3339("2026-11-21T07:00:00Z")), caller(person("alice")) {
  node.name = "laptop";
  node.role = "local";
  const auto& effects = *effect::DeliverToOutbox::descriptor()->file();
  for (int i = 0; i < effects.message_type_count(); ++i) {
    node.executors.try_emplace(effects.message_type(i)->full_name());
  }
  auto& crm = node.executors[effect::CallWebhook::descriptor()->full_name()]["crm"];
  crm.add("url", "https://crm.example.org/hooks");
  crm.add("class", "keyed");
  // By the same name, so that random targets are webhooks.
  node.executors[effect::CallTool::descriptor()->full_name()]["crm"] = known_tool();
  node.data.emplace(PriceTable::descriptor()->full_name(), price_table());
  words = {{"model", {"opus", "haiku", "opus-latest"}}, {"key", {"k1", "k2", "k3", "k4"}}};
  node.data.emplace(RoutingTable::descriptor()->full_name(), routing_table());
  node.data.emplace(MovePolicy::descriptor()->full_name(), move_policy());
  words.merge(process_words());
  words.merge(mcp_words());
  words.merge(night_words());
  words.merge(sync_words());
  for (const auto* name : {"alice", "bob", "carol"}) {
    const auto& [_, key] = *keys.emplace(name, SigningKey::generate()).first;
    auto& approver = *authority.add_approvers();
    approver.set_name(name);
    approver.set_public_key(key.public_key());
  }
}

void World::refresh() { fresh = std::string(as_bytes(sha256(fresh)).substr(0, 16)); }

std::string World::sign(const std::string& approver, const std::string& digest,
                        const std::string& decision, const std::string& nonce,
                        const std::string& expiry) const {
  const auto text = approval_text(digest, decision, nonce, expiry, node.name);
  return to_base64url(keys.at(approver).sign(text));
}

kernel::Caller person(std::string name, std::set<Scope> scopes) {
  return {.principal = std::move(name), .scopes = std::move(scopes)};
}

kernel::Caller agent(std::string name, std::set<Scope> scopes) {
  return {.principal = std::move(name), .scopes = std::move(scopes), .agent = true};
}

std::string nonce(unsigned n) {
  return to_base64url(as_bytes(sha256(std::to_string(n))).substr(0, 16));
}

}  // namespace nightshift::tests
