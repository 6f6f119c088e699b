// One node in the foreground, from its settings to its end.
#pragma once

#include <iosfwd>

#include "bridges/cli/session.hpp"

namespace nightshift::tools {

/// Serves until SIGTERM or SIGINT, and returns the exit code. Says `ready http=HOST:PORT
/// cluster=HOST:PORT|none` on `out`, once, and errors on `err`. If the journal stops, the process
/// is replaced by a new one on the same address, a bounded number of times.
/// Secrets leave the program's environment for the node's own keeping.
int serve(bridges::cli::Program& program, const bridges::cli::NodeFlags& flags, std::ostream& out,
          std::ostream& err);

}  // namespace nightshift::tools
