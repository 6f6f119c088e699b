// Merges two trees whose common ancestor is known, by the paths that changed.
#pragma once

#include <string>
#include <vector>

#include "bridges/git/file_merge.hpp"
#include "bridges/git/object_store.hpp"
#include "bridges/git/trees.hpp"

namespace nightshift::bridges::git {

/// One path on which both sides had something to say.
struct Conflict {
  std::string path;
  Side loser = Side::theirs;
  std::string reason;
  /// Where the loser's bytes lie in the tree; empty where they are nowhere but here.
  std::string kept_as;
  std::string bytes;
};

struct TreeMerge {
  /// What is to be done to our tree.
  Changes changes;
  std::vector<Conflict> conflicts;
};

struct MergeSetting {
  /// The vault's folder in the repository, with a slash at the end; empty for the top.
  std::string prefix;
  Role role = Role::local;
};

/// Paths of trees of commits; `base` may be none. New blobs go to `store`.
Outcome<TreeMerge> merge_trees(git_repository* repository, ObjectStore& store, const ObjectId& base,
                               const ObjectId& ours, const ObjectId& theirs,
                               const MergeSetting& setting);

}  // namespace nightshift::bridges::git
