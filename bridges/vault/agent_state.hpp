// `Logs/{Cloud,Local}/agent_state.md`: what a node of the owner is, and whether it is there.
// Format: docs/formats/logs.md.
#pragma once

#include "bridges/vault/entity_pages.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class AgentState final : public EntityPages {
 public:
  AgentState(runtime::Node& node, const Folder& root, ErrorsLog& errors)
      : EntityPages("member", node, root, errors) {}

 private:
  Result<void> write(const runtime::Answer& answer) override;
};

}  // namespace nightshift::bridges::vault
