// Checks the keys of `[retention]`.
#include "runtime/settings_retention.hpp"

#include <charconv>

#include "runtime/settings_backup.hpp"

namespace nightshift::runtime {
namespace {

// The node remembers commands for 7 days: what is kept for less could be done twice.
constexpr int keep_days_min = 8;
constexpr int keep_days_max = 36'500;

}  // namespace

std::optional<std::string> set_retention_keep(RetentionSettings& retention,
                                              const SettingValue& value) {
  int days = 0;
  const auto* end = value.text.data() + value.text.size();
  const auto [rest, error] = std::from_chars(value.text.data(), end, days);
  if (error != std::errc() || rest + 1 != end || *rest != 'd' || days < keep_days_min ||
      days > keep_days_max) {
    return "must be a number of days from \"" + std::to_string(keep_days_min) + "d\" to \"" +
           std::to_string(keep_days_max) + "d\", not \"" + value.text + "\"";
  }
  retention.keep = std::chrono::days(days);
  return std::nullopt;
}

std::optional<std::string> set_retention_path(RetentionSettings& retention,
                                              const SettingValue& value) {
  if (value.text.empty()) return "must name a folder";
  const auto path = value.base / std::filesystem::path(value.text);
  retention.path = std::filesystem::absolute(path).lexically_normal();
  return std::nullopt;
}

std::optional<std::string> set_retention_at(RetentionSettings& retention,
                                            const SettingValue& value) {
  BackupSettings same;
  if (auto wrong = set_backup_at(same, value)) return wrong;
  retention.at = same.at;
  return std::nullopt;
}

}  // namespace nightshift::runtime
