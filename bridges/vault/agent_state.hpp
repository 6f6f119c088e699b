// `Logs/{Cloud,Local}/agent_state.md`: what a node of the owner is, and whether it is there.
// Format: docs/formats/logs.md.
#pragma once

#include <set>
#include <string>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "bridges/vault/projection.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class AgentState final : public Projection {
 public:
  AgentState(runtime::Node& node, const Folder& root, ErrorsLog& errors)
      : node_(node), root_(root), errors_(errors) {}

  Result<void> begin() override;
  void see(const runtime::EventView& event) override;
  bool catch_up(const Stop& stop) override;

 private:
  Result<void> write(const std::string& id);

  runtime::Node& node_;
  const Folder& root_;
  ErrorsLog& errors_;
  std::set<std::string> changed_;
};

}  // namespace nightshift::bridges::vault
