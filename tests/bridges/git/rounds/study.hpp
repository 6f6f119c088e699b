// A node whose vault is kept in step with a bare repository.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "bridges/git/rounds/git_bridge.hpp"
#include "messages/sync.pb.h"
#include "runtime/node.hpp"
#include "tests/bridges/git/yard.hpp"

namespace nightshift::tests {

class Study {
 public:
  /// A vault that is a repository already; no round has run.
  explicit Study(const std::string& name = "laptop",
                 bridges::git::Role role = bridges::git::Role::local);
  ~Study();

  /// Node and bridge; `adjust` changes the bridge's options.
  void open(const std::function<void(bridges::git::GitBridgeOptions&)>& adjust = {});
  void close();

  /// The state as the journal has it; no id where there is none.
  sync::View view() const;
  std::string status() const;
  /// Waits for it.
  void await(const std::string& what,
             const std::function<bool(const sync::View&)>& condition) const;
  void await_status(const std::string& status) const;
  /// As a person: asks for a round and waits for its end.
  sync::View now(bool take_rewound = false);
  Result<runtime::Answer> tell(std::shared_ptr<const google::protobuf::Message> command,
                               std::set<Scope> scopes = {SCOPE_READ, SCOPE_OPERATE});

  Yard yard;
  const std::string name;
  const fs::path vault;
  runtime::Node& node() { return *node_; }

 private:
  const bridges::git::Role role_;
  std::shared_ptr<runtime::Clock> clock_;
  std::unique_ptr<runtime::Node> node_;
  std::unique_ptr<bridges::git::GitBridge> bridge_;
};

}  // namespace nightshift::tests
