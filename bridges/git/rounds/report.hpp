// From what a round did to what the journal says of it.
#pragma once

#include <string>

#include "bridges/git/synchroniser.hpp"
#include "messages/sync.pb.h"

namespace nightshift::bridges::git {

/// `path` of the repository as people see it from the vault, whose folder in the repository is
/// `prefix` (with a slash at the end, or empty): `Plans/week.md`, `../other.md`.
std::string from_vault(const std::string& path, const std::string& prefix);
/// And back.
std::string from_top(const std::string& path, const std::string& prefix);

/// True for a page of the node that says when something was seen last: such times alone are no
/// commit.
bool is_quiet_page(const std::string& path);

/// The first files of each list; how many there are besides is counted.
sync::Round round_of(const Report& report, const std::string& prefix);
sync::ReportConflict conflict_of(const Conflict& conflict, const std::string& prefix);

}  // namespace nightshift::bridges::git
