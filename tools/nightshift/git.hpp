// The vault through git, put together: what the configuration says, and the bridge that does it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bridges/vault/arrivals.hpp"
#include "runtime/node.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// Defines `sync/NODE` as `[git]` says it now, and adds the bridge to the node's tree; ends it
/// where that section says nothing any more. What comes from the remote is told to `arrivals`
/// before it lies there. Node and settings must outlive it.
Result<void> add_git(runtime::Node& node, const runtime::Settings& settings,
                     std::shared_ptr<const runtime::SecretResolver> secrets,
                     std::shared_ptr<bridges::vault::Arrivals> arrivals);

/// Makes the vault a repository with the remote of `[git]`, as far as it is none: a line for each
/// thing that was done.
Result<std::vector<std::string>> init_vault(const runtime::Settings& settings);

}  // namespace nightshift::tools
