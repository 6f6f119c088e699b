// What the owner of a node decides: the configuration file, the environment and flags, as one
// checked value.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/error.hpp"
#include "messages/prices.pb.h"
#include "runtime/calendar.hpp"
#include "runtime/secrets/reference.hpp"
#include "runtime/settings_agent.hpp"
#include "runtime/settings_backup.hpp"
#include "runtime/settings_budget.hpp"
#include "runtime/settings_cluster.hpp"
#include "runtime/settings_keys.hpp"
#include "runtime/settings_mail.hpp"
#include "runtime/settings_mcp.hpp"
#include "runtime/settings_prices.hpp"
#include "runtime/settings_process.hpp"
#include "runtime/settings_retention.hpp"
#include "runtime/settings_webhook.hpp"

namespace nightshift::runtime {

/// Every value has been checked; what nobody set has its default. What is fixed when a data folder
/// is initialised stays empty here, so that "not said" and "said differently" can be told apart.
struct Settings {
  /// `[node]`: fixed at initialisation (docs/operations.md).
  std::optional<std::string> node_name;
  std::optional<std::string> node_role;
  std::optional<std::vector<std::string>> node_capabilities;
  /// `[node] zone`: where its days begin; else that of `TZ`, or of this machine.
  Zone node_zone;
  /// `[secrets] key`: the master key of the sealed secrets; without it they have one of their own.
  std::optional<SecretReference> secrets_key;
  /// Every variable of the environment that a setting refers to as a secret.
  std::set<std::string, std::less<>> secret_variables;
  BackupSettings backup;
  RetentionSettings retention;
  /// `[http] listen`, HOST:PORT; port 0 takes a free one.
  std::string http_listen = "127.0.0.1:2308";
  /// `[http] hosts`: by which names, besides its address, browsers and proxies reach the node.
  std::vector<std::string> http_hosts;
  /// `[http] connections` and `followers`: how many may be open at once.
  std::size_t http_connections = 16'384;
  std::size_t http_followers = 4'096;
  /// `[http] requests_per_s`: of one principal; 0 means any number.
  std::uint32_t http_requests_per_s = 50'000;
  ClusterSettings cluster;
  /// `[supervision] step_cpu`: processor time that one step of an entity may take; zero means any.
  std::chrono::milliseconds entity_step_cpu_max{10'000};
  /// `[supervision] stop_within`: how long the node may take to stop before its process ends
  /// anyway.
  std::chrono::milliseconds stop_within{60'000};
  /// `[vault] path`, absolute; empty means no vault.
  std::filesystem::path vault_path;
  /// `[vault] owner`: who stands behind moves in the vault; empty means the user of the program.
  std::string vault_owner;
  /// `[vault] decisions`: `request`, `move` or `off`.
  std::string vault_decisions = "request";
  /// `[vault] moves_decide`: the channels on which a move decides, where moves do.
  std::vector<std::string> vault_moves_decide{"email", "linkedin", "whatsapp", "social"};
  /// `[webhook.NAME]`, each complete.
  Webhooks webhooks;
  /// `[mail.NAME]`, each complete.
  MailAccounts mail_accounts;
  /// `[agent.NAME]` and `[routing]`, those of the seeds among them.
  Agents agents;
  Routing routing;
  /// Made of both.
  RoutingTable routes;
  /// `[process.NAME]`, each complete.
  Processes processes;
  /// `[mcp.NAME]`, each complete.
  McpServers mcp_servers;
  /// `[budget.NAME]`, each complete.
  Budgets budgets;
  /// `[prices.NAME]`, each complete.
  PriceRows price_rows;
  /// The program's prices and the owner's.
  PriceTable prices;
};

using Environment = std::map<std::string, std::string>;

/// Where values come from; the later of these wins: defaults, file, environment, flags.
struct SettingsSources {
  /// Must exist. Nothing means no file. Relative paths in it start at its folder.
  std::optional<std::filesystem::path> file;
  /// `NIGHTSHIFT_NODE__ROLE`, `NIGHTSHIFT_WEBHOOK__CRM__URL` and the like (names in lower case), a
  /// list's values parted by commas; beneath them `AGENT_ROLE`, `CLOUD_DRAFT_ONLY` and, where
  /// nothing else names a master key, `ENCRYPTION_KEY`. An empty value counts as not set.
  Environment environment;
  /// Key and value, `{"http.listen", "127.0.0.1:0"}`.
  std::vector<std::pair<std::string, std::string>> flags;
};

/// Error `config`: an unknown key (naming file and line, the key and the nearest known one), a
/// wrong type or value, a file that cannot be read; says what would be right.
Result<Settings> load_settings(const SettingsSources& sources);

/// All keys that this version takes, in the order of the documentation.
std::vector<SettingKey> setting_keys();

/// The environment of this process.
Environment process_environment();

/// XDG: `$XDG_CONFIG_HOME/nightshift/nightshift.toml`, if it exists.
std::optional<std::filesystem::path> default_config_file(const Environment& environment);
/// `NIGHTSHIFT_DATA`, else XDG: `$XDG_STATE_HOME/nightshift`.
std::filesystem::path default_data_folder(const Environment& environment);
/// The name of a node that nobody named: this machine's, as an id.
std::string default_node_name();

/// `HOST:PORT` or `[IPV6]:PORT` taken apart; error `config` where it is neither.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace nightshift::runtime
