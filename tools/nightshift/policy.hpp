// A configuration read as a policy: what of it decisions depend on.
#pragma once

#include <filesystem>

#include "bridges/cli/session.hpp"

namespace nightshift::tools {

/// Prices, budgets, the zone, role, capabilities, webhooks and mail accounts that the file names;
/// what it does not name stays as it was. No environment and no defaults: the file alone. Every
/// other key is noted as one that nothing can be told about. Errors as `runtime::load_settings`.
Result<bridges::cli::PolicyFile> read_policy(const std::filesystem::path& file);

}  // namespace nightshift::tools
