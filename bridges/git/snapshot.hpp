// What of the vault differs from the last commit.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bridges/git/memory.hpp"
#include "bridges/git/object_store.hpp"
#include "bridges/git/premises.hpp"
#include "bridges/git/work_tree.hpp"

namespace nightshift::bridges::git {

struct Snapshot {
  Changes changes;
  /// Of the changed files, where it proves that they are unchanged.
  std::map<std::string, FileStat> stats;
  std::vector<Skipped> skipped;
};

/// True for a path that a commit of ours may touch.
bool is_ours(const std::string& prefix, const std::string& path);

/// Reads what is not known to be unchanged; new blobs go to `store`.
Outcome<Snapshot> take_snapshot(const Premises& premises, const WorkTree& work, ObjectStore& store,
                                Memory& memory);

}  // namespace nightshift::bridges::git
