// Ends what was left behind.
#include "bridges/process/keeper/strays.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "bridges/process/keeper/tree.hpp"

namespace nightshift::bridges::process {
namespace {

/// What the kernel itself does not let go (a dead network disk) is not waited for any longer.
constexpr int rounds_max = 2'000;
constexpr int round_ms = 5;
constexpr int orphan_rounds_max = 32;

/// One round; true if nothing is left.
bool end_groups(const std::vector<Group>& groups) {
  bool gone = true;
  for (const auto& group : groups) {
    if (!group.holds_tree() || group.is_empty()) continue;
    gone = false;
    kill_tree({}, group);
  }
  return gone;
}

bool end_marked(const std::string& mark) {
  bool gone = true;
  for (const auto& stray : find_strays(mark)) {
    if (stray.id.pid == ::getpid()) continue;
    gone = false;
    signal_process(stray.id, SIGKILL);
  }
  return gone;
}

}  // namespace

std::vector<keeper::Started> end_strays(const Ledger& ledger, const std::string& mark,
                                        const std::string& boot_id) {
  std::vector<keeper::Started> lost;
  std::vector<Group> groups;
  for (const auto& [name, run] : ledger.runs()) {
    if (run.ended) continue;
    lost.push_back(run.started);
    // After a start of the machine a folder of this name would be another's.
    if (run.boot_id == boot_id && !run.started.cgroup().empty()) {
      groups.push_back(Group::found(run.started.cgroup()));
    }
  }
  for (int round = 0; round < rounds_max; ++round) {
    const bool groups_gone = end_groups(groups);
    if (end_marked(mark) && groups_gone) break;
    ::poll(nullptr, 0, round_ms);
  }
  for (auto& group : groups) group.remove();
  return lost;
}

void end_orphans() {
  siginfo_t any{};
  // Whoever lost its parent is a child of this process: mostly there is none, and nothing to
  // search.
  const bool childless =
      ::waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
  if (childless) return;
  bool gone = false;
  for (int round = 0; round < orphan_rounds_max && !gone; ++round) {
    gone = true;
    std::set<pid_t> family{::getpid()};
    const auto rows = read_processes();
    for (bool grown = true; grown;) {
      grown = false;
      for (const auto& row : rows) {
        if (family.contains(row.parent)) grown |= family.insert(row.id.pid).second;
      }
    }
    for (const auto& row : rows) {
      if (row.zombie || row.id.pid == ::getpid() || !family.contains(row.id.pid)) continue;
      gone = false;
      signal_process(row.id, SIGKILL);
    }
  }
}

}  // namespace nightshift::bridges::process
