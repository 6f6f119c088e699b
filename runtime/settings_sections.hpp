// All keys: those that there are once, and those of sections under names of the owner's choice,
// `[webhook.NAME]`.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/settings.hpp"

namespace nightshift::runtime {

/// A key that is known, and where its value goes.
struct SettingSlot {
  SettingKey key;
  std::function<std::optional<std::string>(const SettingValue&)> set;
};

/// The keys that there are once, in the order of the reference.
std::span<const SettingRule<Settings>> setting_rules();

/// Of `webhook.NAME.url` and the like; nothing where the key is of no such section.
std::optional<SettingSlot> named_slot(Settings& settings, const std::string& key);
/// All such keys that could have been meant by `key`, with the name that it has.
std::vector<std::string> named_keys_near(std::string_view key);
/// All of them, with `NAME`.
std::vector<SettingKey> named_keys();
/// True for `webhook` and the like.
bool is_named_section(std::string_view word);
/// True if its tables have names of the owner's choice, `[webhook.NAME]`.
bool has_named_tables(std::string_view word);

/// Error `config` where one lacks something.
Result<void> check_named_sections(const Settings& settings);

}  // namespace nightshift::runtime
