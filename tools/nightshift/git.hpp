// The vault through git, put together: what the configuration says, and the bridge that does it.
#pragma once

#include <filesystem>
#include <memory>

#include "bridges/vault/arrivals.hpp"
#include "runtime/node.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings_git.hpp"

namespace nightshift::tools {

/// Defines `sync/NODE` as `[git]` says it now, and adds the bridge to the node's tree; ends it
/// where that section says nothing any more. What comes from the remote is told to `arrivals`
/// before it lies there. The node must outlive it.
Result<void> add_git(runtime::Node& node, const runtime::GitSettings& git,
                     const std::filesystem::path& vault,
                     std::shared_ptr<const runtime::SecretResolver> secrets,
                     std::shared_ptr<bridges::vault::Arrivals> arrivals);

}  // namespace nightshift::tools
