// The verbs of the vault's synchronisation, each a function of the session and its own flags.
#pragma once

#include <string>

#include "bridges/cli/session.hpp"

namespace nightshift::bridges::cli {

struct SyncFlags {
  /// Whose vault, where several nodes are known; empty means the node that is asked.
  std::string node;
  bool take_rewound = false;
  /// A number, a path or `all`.
  std::string conflict;
};

/// Waits until it is done.
Result<void> sync_init(Session& session, const SyncFlags& flags);
/// Waits for the round's end. `wrong_phase` where something waits for a person, `unreachable` where
/// the remote is away.
Result<void> sync_now(Session& session, const SyncFlags& flags);
Result<void> sync_status(Session& session, const SyncFlags& flags);
Result<void> sync_log(Session& session, const SyncFlags& flags);
Result<void> sync_resolve(Session& session, const SyncFlags& flags);
/// Waits until the words lie there.
Result<void> sync_restore(Session& session, const SyncFlags& flags);

}  // namespace nightshift::bridges::cli
