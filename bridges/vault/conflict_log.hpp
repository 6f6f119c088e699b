// `Logs/{Cloud,Local}/git_conflicts.md`: what merges of the vault left out, and what became of it.
// Format: docs/formats/logs.md.
#pragma once

#include <vector>

#include "bridges/vault/journal_page.hpp"
#include "bridges/vault/projection.hpp"

namespace nightshift::bridges::vault {

/// Of this node alone. Not thread-safe.
class ConflictLog final : public Projection {
 public:
  ConflictLog(runtime::Node& node, const JournalPage& page) : node_(node), page_(page) {}

  Result<void> begin() override { return {}; }
  void see(const runtime::EventView& event) override;
  bool catch_up(const Stop& stop) override;

 private:
  runtime::Node& node_;
  const JournalPage& page_;
  /// Not written yet.
  std::vector<PageRow> rows_;
};

}  // namespace nightshift::bridges::vault
