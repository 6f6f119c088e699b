// Pages that show the entities of one kind, each written again when something happens to it.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "bridges/vault/projection.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class EntityPages : public Projection {
 public:
  Result<void> begin() override;
  void see(const runtime::EventView& event) override;
  bool catch_up(const Stop& stop) override;

 protected:
  EntityPages(std::string kind, runtime::Node& node, const Folder& root, ErrorsLog& errors)
      : node_(node), root_(root), errors_(errors), kind_(std::move(kind)) {}

  virtual Result<void> write(const runtime::Answer& answer) = 0;

  runtime::Node& node_;
  const Folder& root_;
  ErrorsLog& errors_;

 private:
  Result<void> show(const std::string& id);

  const std::string kind_;
  std::set<std::string> changed_;
};

}  // namespace nightshift::bridges::vault
