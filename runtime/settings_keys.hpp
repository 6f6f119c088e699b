// What a key of the configuration takes, and how a value is checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::runtime {

enum class SettingShape { text, list, number, flag };

/// A text, a list of texts, a whole number, or yes and no.
struct SettingValue {
  SettingShape shape = SettingShape::text;
  std::string text;
  std::vector<std::string> list;
  std::int64_t number = 0;
  bool flag = false;
  /// The folder where relative paths start; empty means the working folder.
  std::filesystem::path base;
};

/// One key of the configuration file.
struct SettingKey {
  /// `node.role`; `webhook.NAME.url` where the owner chooses the name.
  std::string_view name;
  SettingShape shape = SettingShape::text;
  /// One sentence for people.
  std::string_view meaning;
};

/// A key and what it sets. Where `set` refuses, it gives the second half of a sentence that begins
/// with the key.
template <class Section>
struct SettingRule {
  SettingKey key;
  std::optional<std::string> (*set)(Section&, const SettingValue&);
};

/// Sets `target` if `value` is one of `words`.
std::optional<std::string> one_of(std::string& target, const std::string& value,
                                  std::initializer_list<std::string_view> words);
std::optional<std::string> must_be_id(std::string_view value);

}  // namespace nightshift::runtime
