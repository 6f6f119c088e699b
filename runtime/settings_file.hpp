// A configuration file as flat entries, each with the place where it stands.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "messages/error.hpp"

namespace nightshift::runtime {

/// A text or a list of texts.
struct SettingValue {
  bool is_list = false;
  std::string text;
  std::vector<std::string> list;
  /// The folder where relative paths start; empty means the working folder.
  std::filesystem::path base;
};

struct SettingEntry {
  /// `node.role`.
  std::string key;
  SettingValue value;
  /// `FILE:LINE`, the variable or the flag.
  std::string origin;
  /// What it is instead, where it is neither a text nor a list of texts: `an integer`.
  std::string type_error;
  bool empty_section = false;
};

/// TOML. Error `config` with file and line where it is not TOML, or cannot be read. An empty
/// section is an entry of its own name, so that a misspelt one is noticed.
Result<std::vector<SettingEntry>> read_settings_file(const std::filesystem::path& file);

}  // namespace nightshift::runtime
