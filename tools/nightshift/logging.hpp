// Where the node's log goes.
#pragma once

#include <filesystem>

#include "messages/error.hpp"

namespace nightshift::tools {

/// Makes the program's logger: `file`, which is turned over before it grows large, and stderr
/// unless `quiet`. Error `io`.
Result<void> start_log(const std::filesystem::path& file, bool quiet);

/// Writes what is still in memory.
void stop_log();

}  // namespace nightshift::tools
