// `.git_sync_state.md`: how the vault and its git repository stand to each other.
// Format: docs/formats/logs.md.
#pragma once

#include "bridges/vault/entity_pages.hpp"

namespace nightshift::bridges::vault {

/// Of this node alone. Not thread-safe.
class SyncState final : public EntityPages {
 public:
  SyncState(runtime::Node& node, const Folder& root, ErrorsLog& errors)
      : EntityPages("sync", node, root, errors) {}

 private:
  Result<void> write(const runtime::Answer& answer) override;
};

}  // namespace nightshift::bridges::vault
