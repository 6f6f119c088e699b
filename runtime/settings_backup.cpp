// Checks the keys of `[backup]`.
#include "runtime/settings_backup.hpp"

#include <charconv>

namespace nightshift::runtime {
namespace {

constexpr std::int64_t keep_max = 1000;

// `02:00`, 24 hours.
std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  int hour = -1;
  int minute = -1;
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto read = [](std::string_view digits, int& number) {
    const auto* end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, number);
    return result.ec == std::errc() && result.ptr == end;
  };
  if (!read(text.substr(0, 2), hour) || !read(text.substr(3), minute)) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return std::chrono::hours(hour) + std::chrono::minutes(minute);
}

}  // namespace

std::optional<std::string> set_backup_path(BackupSettings& backup, const SettingValue& value) {
  if (value.text.empty()) return "must name a folder";
  const auto path = value.base / std::filesystem::path(value.text);
  backup.path = std::filesystem::absolute(path).lexically_normal();
  return std::nullopt;
}

std::optional<std::string> set_backup_at(BackupSettings& backup, const SettingValue& value) {
  const auto at = parse_time_of_day(value.text);
  if (!at) return "must be a time of day such as \"02:00\", not \"" + value.text + "\"";
  backup.at = *at;
  return std::nullopt;
}

std::optional<std::string> set_backup_keep(BackupSettings& backup, const SettingValue& value) {
  if (value.number < 1 || value.number > keep_max) {
    return "must be from 1 to " + std::to_string(keep_max) + ", not " +
           std::to_string(value.number);
  }
  backup.keep = static_cast<std::size_t>(value.number);
  return std::nullopt;
}

}  // namespace nightshift::runtime
