// Makes one process: a session of its own, in its group, with its user, its files, its environment.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "bridges/process/keeper.pb.h"
#include "bridges/process/keeper/group.hpp"
#include "bridges/process/keeper/rlimits.hpp"
#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Why a child could not become its program.
struct SpawnFailure {
  std::string detail;
  /// Trying again would change nothing.
  bool lasting = false;
};

struct Spawned {
  pid_t pid = 0;
  /// What it prints, unless that goes elsewhere, and what it prints to stderr.
  runtime::Descriptor out;
  runtime::Descriptor error;
  /// Says whether it became its program (`read_failure`): readable then, or at its end.
  runtime::Descriptor news;
};

/// What the child is given beside its streams.
struct SpawnExtras {
  /// Its end of an IPC channel; becomes descriptor 3.
  int ipc = -1;
  /// What it prints goes here, instead of to a pipe of its own.
  int out = -1;
  Rlimits rlimits{};
};

/// The child exists when this returns, and has not yet become its program. What the system refuses
/// before that is a failure.
std::expected<Spawned, SpawnFailure> spawn(const keeper::Start& start, const Group& group,
                                           const SpawnExtras& extras);

/// Nothing where the program runs.
std::optional<SpawnFailure> read_failure(const keeper::Start& start, int news);

}  // namespace nightshift::bridges::process
