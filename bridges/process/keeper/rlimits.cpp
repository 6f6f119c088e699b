// Sees who else is of a user.
#include "bridges/process/keeper/rlimits.hpp"

#include <pwd.h>
#include <sys/stat.h>

#include "bridges/process/keeper/proc.hpp"

namespace nightshift::bridges::process {
namespace {

/// Why this user cannot be counted; empty if it can.
std::string objection_to(const std::string& user) {
  const auto* account = user.empty() ? nullptr : ::getpwnam(user.c_str());
  if (account == nullptr || account->pw_uid == 0) return "it has no user of its own";
  for (const auto& row : read_processes()) {
    if (row.zombie) continue;
    struct stat status{};
    const auto folder = "/proc/" + std::to_string(row.id.pid);
    if (::stat(folder.c_str(), &status) == 0 && status.st_uid == account->pw_uid) {
      return "its user " + user + " has other processes, such as " + std::to_string(row.id.pid);
    }
  }
  return {};
}

}  // namespace

Result<Rlimits> Rlimits::instead(const Group& group, const keeper::Limits& limits,
                                 const std::string& user) {
  Rlimits rlimits;
  if (group.unkept().empty()) return rlimits;
  const auto objection = objection_to(user);
  for (const auto& [limit, why] : group.unkept()) {
    const bool possible = limit == "processes_max" || limit == "memory_bytes_max";
    if (!possible || !objection.empty()) {
      return fail(ErrorCode::config,
                  limit + " cannot be kept on this machine: " + why +
                      (possible ? ", and " + objection : "") + "; take the limit away, " +
                      (possible ? "give it a user of its own, " : "") +
                      "or run the node where it may make control groups",
                  limit);
    }
    if (limit == "processes_max") rlimits.processes = limits.processes_max();
    if (limit == "memory_bytes_max") rlimits.memory_bytes = limits.memory_bytes_max();
  }
  return rlimits;
}

}  // namespace nightshift::bridges::process
