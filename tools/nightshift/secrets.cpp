// Puts the node's secrets together.
#include "tools/nightshift/secrets.hpp"

#include <unistd.h>

#include <filesystem>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "runtime/secrets/partition.hpp"
#include "runtime/secrets/sealed_store.hpp"
#include "runtime/settings_file.hpp"

namespace nightshift::tools {
namespace {

namespace fs = std::filesystem;

std::string variable(const runtime::Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

/// As far as it can be told from settings that may not be right: the later of these wins.
std::string role_said(const runtime::SettingsSources& sources,
                      const std::vector<runtime::SettingEntry>& entries) {
  std::string role;
  for (const auto& entry : entries) {
    if (entry.key == "node.role") role = entry.value.text;
  }
  for (const char* name : {"AGENT_ROLE", "NIGHTSHIFT_NODE__ROLE"}) {
    if (auto said = variable(sources.environment, name); !said.empty()) role = std::move(said);
  }
  return role;
}

std::vector<runtime::SettingEntry> entries_of(const runtime::SettingsSources& sources) {
  if (!sources.file) return {};
  // What cannot be read is refused as settings are.
  return runtime::read_settings_file(*sources.file).value_or(std::vector<runtime::SettingEntry>());
}

/// Where people keep `.env.cloud` and session files beside a node.
std::vector<fs::path> folders_beside(const runtime::SettingsSources& sources,
                                     const runtime::DataFolder& folder, const fs::path& vault) {
  std::error_code ignored;
  std::vector<fs::path> folders{fs::current_path(ignored), folder.root()};
  if (sources.file) folders.push_back(fs::absolute(*sources.file).parent_path());
  if (!vault.empty()) folders.push_back(vault.parent_path());
  if (const auto home = variable(sources.environment, "HOME"); !home.empty()) {
    folders.emplace_back(home);
  }
  return folders;
}

Result<void> check(const runtime::SettingsSources& sources,
                   const std::vector<runtime::SettingEntry>& entries, const fs::path& vault,
                   const runtime::DataFolder& folder) {
  const runtime::SealedStore store({.folder = folder.secrets(),
                                    .owner = {},
                                    .key = {},
                                    .now = [] { return Time(); },
                                    .crash_point = {}});
  std::vector<std::string> sealed;
  // A store that cannot be read is refused when it is opened.
  const auto known = store.list().value_or(std::vector<runtime::SealedInfo>());
  for (const auto& secret : known) sealed.push_back(secret.name);
  return runtime::check_cloud({.environment = sources.environment,
                               .settings = entries,
                               .sealed = std::move(sealed),
                               .folders = folders_beside(sources, folder, vault),
                               .vault = vault});
}

}  // namespace

Result<void> check_partition_at_start(const runtime::SettingsSources& sources,
                                      const Result<runtime::Settings>& settings,
                                      const runtime::DataFolder& folder) {
  const auto entries = entries_of(sources);
  if (role_said(sources, entries) != "cloud") return {};
  return check(sources, entries, settings ? settings->vault_path : fs::path(), folder);
}

Result<void> check_partition_of(const Identity& identity, const runtime::SettingsSources& sources,
                                const runtime::Settings& settings,
                                const runtime::DataFolder& folder) {
  if (identity.role() != "cloud") return {};
  return check(sources, entries_of(sources), settings.vault_path, folder);
}

Result<std::shared_ptr<const runtime::SecretResolver>> open_sealed(
    const runtime::Settings& settings, const runtime::DataFolder& folder, const Identity& identity,
    runtime::SecretVariables variables, std::shared_ptr<runtime::Clock> clock) {
  runtime::SealedStoreOptions options;
  options.folder = folder.secrets();
  options.owner = runtime::SealedFor{identity.node(), identity.role()};
  options.now = [clock = std::move(clock)] { return clock->now(); };
  if (settings.secrets_key) {
    options.key = runtime::master_key_of(*settings.secrets_key, variables);
    if (const auto key = options.key(); !key) return std::unexpected(key.error());
  }
  auto store = std::make_shared<const runtime::SealedStore>(std::move(options));
  if (const auto owner = store->owner(); !owner) return std::unexpected(owner.error());
  const auto known = store->list();
  if (!known) return std::unexpected(known.error());
  for (const auto& info : *known) {
    const auto secret = store->get(info.name);
    if (!secret) spdlog::warn("{}", secret.error().message());
  }
  return std::make_shared<const runtime::SecretResolver>(std::move(variables), std::move(store));
}

}  // namespace nightshift::tools
