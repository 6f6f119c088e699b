// `[http]` of the configuration: where the node answers, and how much at once.
#pragma once

#include <optional>
#include <string>

#include "runtime/settings_keys.hpp"

namespace nightshift::runtime {

struct Settings;

/// Each as `SettingRule::set`.
std::optional<std::string> set_http_listen(Settings& settings, const SettingValue& value);
std::optional<std::string> set_http_hosts(Settings& settings, const SettingValue& value);
std::optional<std::string> set_http_connections(Settings& settings, const SettingValue& value);
std::optional<std::string> set_http_followers(Settings& settings, const SettingValue& value);
std::optional<std::string> set_http_requests(Settings& settings, const SettingValue& value);

}  // namespace nightshift::runtime
