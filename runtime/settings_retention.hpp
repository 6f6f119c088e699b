// `[retention]` of the configuration: when what is at rest leaves the journal.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct RetentionSettings {
  /// Zero: nothing is ever archived.
  std::chrono::seconds keep{};
  /// Absolute; empty means `archive` in the data folder.
  std::filesystem::path path;
  /// Since midnight, in the node's zone.
  std::chrono::minutes at{180};
};

/// Each as `SettingRule::set`.
std::optional<std::string> set_retention_keep(RetentionSettings& retention,
                                              const SettingValue& value);
std::optional<std::string> set_retention_path(RetentionSettings& retention,
                                              const SettingValue& value);
std::optional<std::string> set_retention_at(RetentionSettings& retention,
                                            const SettingValue& value);

}  // namespace nightshift::runtime
