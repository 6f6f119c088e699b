// Reads `[placement]`, which nothing but the cluster asks for.
#include "runtime/settings_placement.hpp"

#include <algorithm>
#include <cctype>

#include "runtime/settings_file.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::string_view section = "placement.";
constexpr std::string_view variable = "NIGHTSHIFT_PLACEMENT__";

}  // namespace

Result<Placements> load_placements(const SettingsSources& sources) {
  Placements homes;
  if (sources.file) {
    const auto entries = read_settings_file(*sources.file);
    if (!entries) return std::unexpected(entries.error());
    for (const auto& entry : *entries) {
      if (!entry.key.starts_with(section)) continue;
      homes[entry.key.substr(section.size())] = entry.value.text;
    }
  }
  for (const auto& [name, value] : sources.environment) {
    if (!name.starts_with(variable) || value.empty()) continue;
    auto kind = name.substr(variable.size());
    std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::tolower(c); });
    homes[kind] = value;
  }
  return homes;
}

}  // namespace nightshift::runtime
