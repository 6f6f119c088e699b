// Finds, signals and ends trees.
#include "bridges/process/keeper/tree.hpp"

#include <signal.h>

#include <set>

namespace nightshift::bridges::process {
namespace {

/// A fork bomb is outrun within a few rounds; whatever is left is found by the next look.
constexpr int kill_rounds = 32;

std::vector<ProcessId> living_in(const Group& group) {
  std::vector<ProcessId> ids;
  for (const auto pid : group.members()) {
    const auto row = read_process(pid);
    if (row && !row->zombie) ids.push_back(row->id);
  }
  return ids;
}

std::set<pid_t> members_by_mark(const Tree& tree, const Census& census) {
  std::set<pid_t> members;
  const auto [begin, end] = census.marked.equal_range(tree.run);
  for (auto marked = begin; marked != end; ++marked) members.insert(marked->second);
  for (const auto& row : census.rows) {
    const bool is_first = row.id == tree.first;
    // While a session has a member, no other process can get its number.
    const bool in_session = row.session == tree.first.pid && row.id.pid != tree.first.pid;
    if (is_first || in_session) members.insert(row.id.pid);
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& row : census.rows) {
      if (members.contains(row.parent)) grown |= members.insert(row.id.pid).second;
    }
  }
  return members;
}

std::vector<ProcessId> living_by_mark(const Tree& tree) {
  const auto census = Census::take();
  const auto members = members_by_mark(tree, census);
  std::vector<ProcessId> ids;
  for (const auto& row : census.rows) {
    if (!row.zombie && members.contains(row.id.pid)) ids.push_back(row.id);
  }
  return ids;
}

}  // namespace

Census Census::take() {
  Census census{read_processes(), {}};
  for (const auto& row : census.rows) {
    if (auto run = started_with(row.id.pid, run_variable)) census.marked.emplace(*run, row.id.pid);
  }
  return census;
}

std::uint64_t memory_bytes(const Tree& tree, const Group& group, const Census& census) {
  std::set<pid_t> members;
  if (group.holds_tree()) {
    const auto pids = group.members();
    members.insert(pids.begin(), pids.end());
  } else {
    members = members_by_mark(tree, census);
  }
  std::uint64_t bytes = 0;
  for (const auto& row : census.rows) {
    if (members.contains(row.id.pid)) bytes += row.memory_bytes;
  }
  return bytes;
}

std::vector<ProcessId> living(const Tree& tree, const Group& group) {
  return group.holds_tree() ? living_in(group) : living_by_mark(tree);
}

std::size_t signal_tree(const Tree& tree, const Group& group, int signal) {
  const auto ids = living(tree, group);
  for (const auto& id : ids) signal_process(id, signal);
  return ids.size();
}

void kill_tree(const Tree& tree, const Group& group) {
  if (group.holds_tree() && group.kill()) return;
  for (int round = 0; round < kill_rounds; ++round) {
    if (signal_tree(tree, group, SIGKILL) == 0) return;
  }
}

bool is_gone(const Tree& tree, const Group& group) {
  return group.holds_tree() ? group.is_empty() : living_by_mark(tree).empty();
}

std::vector<Stray> find_strays(const std::string& mark) {
  std::vector<Stray> strays;
  for (const auto& row : read_processes()) {
    if (row.zombie || started_with(row.id.pid, place_variable) != mark) continue;
    strays.push_back({row.id, started_with(row.id.pid, run_variable).value_or("")});
  }
  return strays;
}

}  // namespace nightshift::bridges::process
