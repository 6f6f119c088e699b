// `[git]` of the configuration: the repository that the vault is kept in step with.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "runtime/secrets/reference.hpp"
#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct GitSettings {
  /// A path, `file://`, `ssh://`, `user@host:path` or `https://`; empty means that the vault is not
  /// synchronised.
  std::string remote;
  std::string branch = "main";
  std::chrono::seconds interval{60};
  /// `NAME <ADDRESS>` of commits; empty means the node.
  std::string author;
  /// The folder that has `.git`; empty means the vault.
  std::filesystem::path repository;
  /// For ssh: the private key and its passphrase, and the hosts that are known.
  std::optional<SecretReference> key;
  std::optional<SecretReference> passphrase;
  std::filesystem::path known_hosts;
  /// For https.
  std::string user;
  std::optional<SecretReference> password;

  bool wanted() const { return !remote.empty(); }
};

/// True for what is reached over ssh: `ssh://...`, `user@host:path`.
bool is_ssh_remote(const std::string& remote);

struct SettingsSources;

/// `[git]` of these sources, complete; of one without a remote nothing is wanted. Errors as
/// `load_settings`, which checks it as well.
Result<GitSettings> load_git_settings(const SettingsSources& sources);

/// What sets the key `git.branch` and the like; null for all others.
std::optional<std::string> (*git_setter(std::string_view key))(GitSettings&, const SettingValue&);

/// Each as `SettingRule::set`.
std::optional<std::string> set_git_remote(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_branch(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_interval(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_author(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_repository(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_key(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_passphrase(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_known_hosts(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_user(GitSettings& git, const SettingValue& value);
std::optional<std::string> set_git_password(GitSettings& git, const SettingValue& value);

/// What is missing or does not go together, as the second half of a sentence that begins with the
/// section.
std::optional<std::string> incomplete(const GitSettings& git, bool has_vault);

}  // namespace nightshift::runtime
