// The parts of the host as the supervision tree has them: how each is built from durable state, how
// it is stopped, how it is doing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/host/core.hpp"
#include "runtime/host/supervisor.hpp"

namespace nightshift::runtime::host {

struct PartsOptions {
  std::vector<std::shared_ptr<Executor>> executors;
  /// Looks what is due.
  std::function<std::optional<std::chrono::microseconds>()> tick;
  /// No threads.
  bool deterministic = false;
};

/// `node`, with the branches storage, work, entities and bridges; the last is filled by whoever
/// puts the program together. All of it uses `core`, which must outlive it.
Branch host_branches(Core& core, const PartsOptions& options);

/// Takes up what was due while this entity was in quarantine and turned everything away.
Result<void> take_up_turned_away(Core& core, const EntityRef& entity);

}  // namespace nightshift::runtime::host
