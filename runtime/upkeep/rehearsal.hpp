// Does a backup hold what it should? It is restored, and looked at.
#pragma once

#include <functional>

#include "runtime/catalog.hpp"
#include "runtime/clock.hpp"
#include "runtime/upkeep/backups.hpp"

namespace nightshift::runtime::upkeep {

/// Restores `backup` into `scratch`, compares the state of every entity with what its records make
/// of it, and removes `scratch` again. The result is kept beside the backup. `stopping` ends it
/// early, with error `stopping` and no result; other errors say that the result cannot be kept.
Result<Rehearsal> rehearse(const std::filesystem::path& backup,
                           const std::filesystem::path& scratch, const Catalog& catalog,
                           const Clock& clock, const std::function<bool()>& stopping);

}  // namespace nightshift::runtime::upkeep
