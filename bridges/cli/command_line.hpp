// argv to one action: the program's verbs, and those of its kinds.
#pragma once

#include <iosfwd>
#include <string>

#include "bridges/cli/session.hpp"

namespace nightshift::bridges::cli {

/// Parses, acts, shows, and returns the exit code (CONTRACTS: 0 ok, 1 refused, 2 usage, 3 absent,
/// 4 conflict, 5 not allowed, 6 unreachable).
int run(int argc, const char* const* argv, const Program& program, std::ostream& out,
        std::ostream& err);

/// `docs/reference/cli.md`, made from the same tables as the parser.
std::string reference(const Program& program);

}  // namespace nightshift::bridges::cli
