// Moves a branch, and only from where it was believed to be.
#pragma once

#include <functional>
#include <string>

#include "bridges/git/library.hpp"

namespace nightshift::bridges::git {

/// None where there is no such reference. `unsupported` for one that stands for another.
Outcome<ObjectId> read_ref(git_repository* repository, const std::string& name);

struct RefMove {
  std::string name;
  /// None where it is new.
  ObjectId from;
  ObjectId to;
  /// What the log of references says: `NAME <MAIL> SECONDS +0000`, and why. Empty: nothing.
  std::string who;
  std::string why;
  /// True if HEAD stands on it, whose log says it as well.
  bool is_head = false;
};

/// `moved` where it is no longer at `from`, `locked` where somebody holds it. Durable.
Outcome<void> move_ref(git_repository* repository, const RefMove& move);

}  // namespace nightshift::bridges::git
