// cluster outbox: commands that wait for other nodes.
#pragma once

#include "bridges/cli/session.hpp"

namespace nightshift::bridges::cli {

/// What waits, and what became of the last.
Result<void> cluster_outbox(Session& session);

}  // namespace nightshift::bridges::cli
