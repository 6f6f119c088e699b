// `[placement]` of the configuration: at which node entities of a kind are at home.
#pragma once

#include <map>
#include <string>

#include "runtime/settings.hpp"

namespace nightshift::runtime {

/// By kind: a node's name; `local` for the one local node that a cloud node knows.
using Placements = std::map<std::string, std::string>;

/// What `load_settings` of the same sources has checked.
Result<Placements> load_placements(const SettingsSources& sources);

}  // namespace nightshift::runtime
