// Limits that the kernel keeps by user and by process, for where no control group does.
#pragma once

#include <cstdint>
#include <string>

#include "bridges/process/keeper/group.hpp"

namespace nightshift::bridges::process {

/// What a child sets for itself before it becomes its program; 0: nothing.
struct Rlimits {
  /// RLIMIT_NPROC: of all processes of its user.
  std::uint64_t processes = 0;
  /// RLIMIT_DATA: of each of its processes.
  std::uint64_t memory_bytes = 0;

  /// For what the group cannot keep. Error `config`, lasting: a limit that this cannot keep either,
  /// with the reason; only a user that has no other processes can be counted.
  static Result<Rlimits> instead(const Group& group, const keeper::Limits& limits,
                                 const std::string& user);
};

}  // namespace nightshift::bridges::process
