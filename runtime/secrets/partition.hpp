// The partition: which secrets a cloud node must not have. The list is forbidden_secrets.def.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/settings.hpp"
#include "runtime/settings_file.hpp"

namespace nightshift::runtime {

/// What `name` (a variable, a key such as `odoo.password`, a secret's name) would be, where a cloud
/// node must not have it: `an Odoo password`.
std::optional<std::string_view> forbidden_on_cloud(std::string_view name);
/// The same for the name of a file, without its folder.
std::optional<std::string_view> forbidden_file_on_cloud(std::string_view name);

/// Error `forbidden` where `zone` is `cloud` and must not hold it.
Result<void> check_partition(std::string_view zone, std::string_view name, std::string_view what);

/// Everything that a node can reach at its start.
struct Reach {
  const Environment& environment;
  /// As the configuration file has them.
  const std::vector<SettingEntry>& settings;
  /// Names in the sealed store.
  std::vector<std::string> sealed;
  /// Looked into, but not below: for `.env.cloud` and session files.
  std::vector<std::filesystem::path> folders;
  /// Looked through as a whole for the same; empty means none.
  std::filesystem::path vault;
};

/// Error `forbidden` names all that a cloud node must not have and where it was found, never
/// a value; `io` where a `.env.cloud` cannot be read. A variable without a value is no secret.
Result<void> check_cloud(const Reach& reach);

}  // namespace nightshift::runtime
