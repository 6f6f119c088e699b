// The tools of the node itself: propose, wait, read what is one's own, ask for permission.
#pragma once

#include <memory>

#include "bridges/mcp/gate/tool_source.hpp"
#include "bridges/mcp/gate/waits.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::mcp {

/// Made shared, as what waits for an answer of the node holds it. `node` must outlive it, and
/// `waits` must be stopped before. Thread-safe.
class GateTools final : public ToolSource, public std::enable_shared_from_this<GateTools> {
 public:
  GateTools(runtime::Node& node, std::shared_ptr<Waits> waits)
      : node_(node), waits_(std::move(waits)) {}

  std::vector<ToolInfo> tools() const override;
  void call(ToolUse use, ToolEnd end) override;

 private:
  void propose(const ToolUse& use, ToolEnd end);
  void withdraw(const ToolUse& use, ToolEnd end);
  void wait(const ToolUse& use, ToolEnd end);
  void ask_permission(const ToolUse& use, ToolEnd end);
  /// What reads much, not on the caller's thread.
  void read(ToolUse use, ToolEnd end);
  ToolAnswer status(const ToolUse& use) const;
  ToolAnswer approvals(const ToolUse& use) const;
  ToolAnswer journal(const ToolUse& use) const;
  ToolAnswer whoami(const ToolUse& use) const;

  /// Hands a command of the kind of approvals in; its body is JSON.
  void submit(const std::string& id, std::string_view command, std::string_view body,
              const kernel::Caller& caller, const std::string& key, runtime::Reply reply);
  /// Answers once the approval is decided and done, and after `patience` in any case.
  void await(const std::string& id, const kernel::Caller& caller,
             std::chrono::milliseconds patience, ToolEnd end);

  runtime::Node& node_;
  const std::shared_ptr<Waits> waits_;
};

}  // namespace nightshift::bridges::mcp
