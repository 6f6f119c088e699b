// `[backup]` of the configuration: scheduled backups.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct BackupSettings {
  /// Absolute; empty means that none are made but on request.
  std::filesystem::path path;
  /// Since midnight, in the node's zone.
  std::chrono::minutes at{120};
  /// The newest so many stay.
  std::size_t keep = 7;
};

/// Each as `SettingRule::set`.
std::optional<std::string> set_backup_path(BackupSettings& backup, const SettingValue& value);
std::optional<std::string> set_backup_at(BackupSettings& backup, const SettingValue& value);
std::optional<std::string> set_backup_keep(BackupSettings& backup, const SettingValue& value);

}  // namespace nightshift::runtime
