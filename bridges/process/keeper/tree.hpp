// All processes of one run, wherever they have gone: forked twice, with sessions of their own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bridges/process/keeper/group.hpp"
#include "bridges/process/keeper/proc.hpp"

namespace nightshift::bridges::process {

/// The variable that every process of a run was started with, unless it cleared its environment.
inline constexpr const char* run_variable = "NIGHTSHIFT_RUN";
/// The variable that names the place of their keeper.
inline constexpr const char* place_variable = "NIGHTSHIFT_KEEPER";

struct Tree {
  std::string run;
  /// The one that was started; it leads the session that it was given.
  ProcessId first;
};

/// All processes at one moment, and the runs that they were started for.
struct Census {
  std::vector<ProcessRow> rows;
  std::multimap<std::string, pid_t> marked;

  static Census take();
};

/// Who lives of it. By its group where there is one; else by session, environment and parents.
std::vector<ProcessId> living(const Tree& tree, const Group& group);
/// What all of them have in memory, as that census says.
std::uint64_t memory_bytes(const Tree& tree, const Group& group, const Census& census);
/// To each of them; how many there were.
std::size_t signal_tree(const Tree& tree, const Group& group, int signal);
/// SIGKILL to all, and to what they fork meanwhile. Returns before they are gone.
void kill_tree(const Tree& tree, const Group& group);
bool is_gone(const Tree& tree, const Group& group);

/// Whoever was started with this value of `place_variable`, by the runs that they belong to.
struct Stray {
  ProcessId id;
  std::string run;
};
std::vector<Stray> find_strays(const std::string& mark);

}  // namespace nightshift::bridges::process
