// Trees as maps of paths: what lies in one, where two differ, one with changes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "bridges/git/library.hpp"

namespace nightshift::bridges::git {

/// Path from the top of the repository.
using Files = std::map<std::string, FileRef>;

/// Of one path.
struct Difference {
  std::optional<FileRef> before;
  std::optional<FileRef> after;
};
using Differences = std::map<std::string, Difference>;

/// Everything in the tree; a tree that is none is empty. `too_large` over the bounds.
Outcome<Files> list_tree(git_repository* repository, const ObjectId& tree);

/// Reads only the folders that differ.
Outcome<Differences> compare_trees(git_repository* repository, const ObjectId& before,
                                   const ObjectId& after);

/// Writes the trees of `base` with the changes; folders that become empty go. `wrote` is told each
/// tree that was written.
Outcome<ObjectId> change_tree(git_repository* repository, const ObjectId& base,
                              const Changes& changes,
                              const std::function<void(const ObjectId&)>& wrote);

/// The tree of a commit; none for none.
Outcome<ObjectId> tree_of(git_repository* repository, const ObjectId& commit);

/// The bytes of a blob; `too_large` over the bound.
Outcome<std::string> read_blob(git_repository* repository, const ObjectId& id);

}  // namespace nightshift::bridges::git
