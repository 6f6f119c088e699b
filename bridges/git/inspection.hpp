// Looks at a tree that came from elsewhere before anything of it reaches the vault.
#pragma once

#include "bridges/git/library.hpp"

namespace nightshift::bridges::git {

/// What `ours` holds at the same place, unchanged, is not looked at again. `hostile` for links,
/// submodules, names that are dangerous somewhere and names that only differ by case;
/// `forbidden_file` for what must never be shared; `too_large` over the bounds.
Outcome<void> inspect_tree(git_repository* repository, const ObjectId& ours,
                           const ObjectId& theirs);

}  // namespace nightshift::bridges::git
