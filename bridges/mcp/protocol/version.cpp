// The table of versions.
#include "bridges/mcp/protocol/version.hpp"

#include <algorithm>
#include <array>

namespace nightshift::bridges::mcp {
namespace {

constexpr std::array known{
    Version{"2026-07-28", Era::stateless}, Version{"2025-11-25", Era::session},
    Version{"2025-06-18", Era::session},   Version{"2025-03-26", Era::session},
    Version{"2024-11-05", Era::session},
};

bool contains(JsonView names, std::string_view name) {
  for (JsonItems items(names); items.next();) {
    if (items.value().text() == name) return true;
  }
  return false;
}

}  // namespace

std::span<const Version> versions() { return known; }

const Version* find_version(std::string_view name) {
  const auto* found = std::ranges::find(known, name, &Version::name);
  return found == known.end() ? nullptr : found;
}

const Version& newest(Era era) { return *std::ranges::find(known, era, &Version::era); }

const Version* newest_of(JsonView names, Era era) {
  const auto* found = std::ranges::find_if(known, [&](const Version& version) {
    return version.era == era && contains(names, version.name);
  });
  return found == known.end() ? nullptr : found;
}

}  // namespace nightshift::bridges::mcp
