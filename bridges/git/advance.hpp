// Moves the branch, then the files and the index after it, so that a kill at any point leaves what
// the next round can finish.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bridges/git/index_file.hpp"
#include "bridges/git/object_store.hpp"
#include "bridges/git/premises.hpp"
#include "bridges/git/refs.hpp"
#include "bridges/git/tree_merge.hpp"
#include "bridges/git/work_tree.hpp"

namespace nightshift::bridges::git {

/// Keeps the loser's bytes of a conflict, durably, before anything is moved.
using Keep = std::function<Outcome<void>(const Conflict&)>;
/// Told what is about to be put or taken away by what came from the remote.
using Arriving = std::function<void(const std::string& path)>;

/// What a round works with. The parts outlive it.
struct Desk {
  Premises& premises;
  WorkTree& work;
  ObjectStore& store;
  Memory& memory;
  MergeSetting setting;
  Step step;
  /// `NAME <MAIL> SECONDS +0000`, for the log of references.
  std::string who;
  Keep keep = {};
  Arriving arriving = {};
};

struct Placed {
  std::vector<std::string> written;
  std::vector<Conflict> conflicts;
  /// Files outside of the vault that a person changed at that very moment.
  std::vector<Skipped> left;
};

/// The head becomes `to`, whose differences are what lies in the files already. `stats` are of
/// those.
Outcome<void> advance_to_commit(Desk& desk, const ObjectId& to, const Changes& changes,
                                const std::map<std::string, FileStat>& stats);

/// The head becomes `to`, and the files follow: a file that was changed meanwhile is merged.
Outcome<Placed> advance_to_merge(Desk& desk, const ObjectId& to);

/// Finishes or drops what a killed round left.
Outcome<Placed> recover_round(Desk& desk);

}  // namespace nightshift::bridges::git
