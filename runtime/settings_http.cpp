// Checks the keys of `[http]`.
#include "runtime/settings_http.hpp"

#include <algorithm>
#include <cctype>

#include "runtime/settings.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::int64_t count_max = 1'000'000;

/// Sets `target` to a number from `least` to a million.
template <class Count>
std::optional<std::string> set_count(Count& target, const SettingValue& value, std::int64_t least) {
  if (value.number < least || value.number > count_max) {
    return "must be from " + std::to_string(least) + " to " + std::to_string(count_max) + ", not " +
           std::to_string(value.number);
  }
  target = static_cast<Count>(value.number);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> set_http_listen(Settings& settings, const SettingValue& value) {
  if (!parse_endpoint(value.text)) {
    return "must be HOST:PORT, such as \"127.0.0.1:2308\", not \"" + value.text + "\"";
  }
  settings.http_listen = value.text;
  return std::nullopt;
}

std::optional<std::string> set_http_hosts(Settings& settings, const SettingValue& value) {
  for (const auto& name : value.list) {
    const auto fits = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '-'; };
    const bool host = !name.empty() && name.size() <= 253 && std::ranges::all_of(name, fits);
    if (!host && !name.contains(':')) return "must hold names of hosts, not \"" + name + "\"";
    if (!host) return "must hold names alone, without scheme or port, not \"" + name + "\"";
  }
  settings.http_hosts = value.list;
  return std::nullopt;
}

std::optional<std::string> set_http_connections(Settings& settings, const SettingValue& value) {
  return set_count(settings.http_connections, value, 1);
}

std::optional<std::string> set_http_followers(Settings& settings, const SettingValue& value) {
  return set_count(settings.http_followers, value, 0);
}

std::optional<std::string> set_http_requests(Settings& settings, const SettingValue& value) {
  return set_count(settings.http_requests_per_s, value, 0);
}

}  // namespace nightshift::runtime
