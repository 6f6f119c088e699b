// The custody of a node's entities, by its kind `custody`.
#pragma once

#include "runtime/node.hpp"
#include "runtime/upkeep/retention.hpp"

namespace nightshift::tools {

class NodeCustody final : public runtime::upkeep::Custody {
 public:
  /// `node` must outlive it.
  explicit NodeCustody(runtime::Node& node) : node_(node) {}

  Result<runtime::upkeep::Holds> holds(const std::string& kind) override;
  std::string quarantined(const EntityRef& entity) override;
  Result<void> archive(const std::string& kind,
                       std::shared_ptr<const storage::Archival> archival) override;

 private:
  runtime::Node& node_;
};

}  // namespace nightshift::tools
