// What a node says of itself, checked by its role.
#pragma once

#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/member.pb.h"
#include "runtime/kernel/context.hpp"

namespace nightshift::actors {

/// Errors, with the field in `instance`: `invalid` for an agent_id that is not the node's role, a
/// path that is not absolute, a git remote that is not reached over SSH, a number that is not
/// E.164, a key that stands there itself instead of a reference, a server that is named twice,
/// session files inside of the vault.
Result<member::Profile> profile_of(const member::Declare& command, const kernel::Context& context);

/// What its role asks for and it does not have, as people name it: `git_remote_url`, `email-mcp`.
std::vector<std::string> lacks_of(const member::Profile& profile);

}  // namespace nightshift::actors
