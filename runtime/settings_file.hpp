// A configuration file as flat entries, each with the place where it stands.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct SettingEntry {
  /// `node.role`, `webhook.NAME.url`.
  std::string key;
  SettingValue value;
  /// `FILE:LINE`, the variable or the flag.
  std::string origin;
  /// What it is instead, where it is none of the shapes: `a section`.
  std::string type_error;
  bool empty_section = false;
};

/// Entries of a TOML text; `origin` is what errors call it.
Result<std::vector<SettingEntry>> read_settings_text(std::string_view text,
                                                     const std::filesystem::path& origin);
/// TOML. Error `config` with file and line where it is not TOML, or cannot be read. An empty
/// section is an entry of its own name, so that a misspelt one is noticed.
Result<std::vector<SettingEntry>> read_settings_file(const std::filesystem::path& file);

}  // namespace nightshift::runtime
