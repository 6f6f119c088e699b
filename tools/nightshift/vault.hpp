// The vault, as a part of the node's tree.
#pragma once

#include <memory>

#include "bridges/http/server.hpp"
#include "bridges/vault/arrivals.hpp"
#include "bridges/vault/refusals.hpp"
#include "runtime/node.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

using Refusals = std::shared_ptr<bridges::vault::Refusals>;
using Arrivals = std::shared_ptr<bridges::vault::Arrivals>;

/// Both must outlive it. What it refuses stands in `refusals`, what merges bring in
/// `arrivals`: null where no other node has the vault.
runtime::supervision::Part vault_part(runtime::Node& node, const runtime::Settings& settings,
                                      Refusals refusals, Arrivals arrivals);

/// The first of them, as HTTP shows them.
std::vector<bridges::http::RefusedFile> shown(const Refusals& refusals, std::size_t most);

}  // namespace nightshift::tools
