// The files of approvals, as a projection.
#pragma once

#include <map>
#include <set>
#include <string>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/intake.hpp"
#include "bridges/vault/projection.hpp"
#include "bridges/vault/projector.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class ApprovalFiles final : public Projection {
 public:
  ApprovalFiles(runtime::Node& node, const Folder& root, Projector& projector, Intake& intake,
                ErrorsLog& errors)
      : node_(node), root_(root), projector_(projector), intake_(intake), errors_(errors) {}

  /// Everything that waits gets its file compared; what a crash left under way is finished.
  Result<void> begin() override;
  void see(const runtime::EventView& event) override;
  bool catch_up(const Stop& stop) override;

 private:
  Result<void> gather_waiting();
  void gather_left_behind();
  Result<void> project(const std::string& id, bool create);
  bool told(const Result<void>& result, const std::string& what);

  runtime::Node& node_;
  const Folder& root_;
  Projector& projector_;
  Intake& intake_;
  ErrorsLog& errors_;
  /// Approvals whose files are to be compared; true: write a file where there is none.
  std::map<std::string, bool> changed_;
  /// Waiting approvals that may have had a file already: it can lie under another name by now, and
  /// is written anew by `Intake` alone, once all files have been looked at.
  std::set<std::string> had_file_;
};

}  // namespace nightshift::bridges::vault
