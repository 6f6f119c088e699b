// The executor of `CallTool`: exactly the call that was approved, or one that the owner's
// configuration calls free. Format: docs/formats/tool-call.md.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "bridges/mcp/servers/open_servers.hpp"
#include "runtime/executor.hpp"
#include "runtime/node.hpp"
#include "runtime/surveyor.hpp"

namespace nightshift::bridges::mcp {

struct ToolCallerParts {
  std::shared_ptr<const OpenServers> servers;
  /// The node's own data: no file of it is named by a call.
  std::string closed;
  /// A server that is not reached is tried again after so long; three times in all.
  std::chrono::seconds again_after{10};
  /// Crash points; may be empty.
  std::function<void(std::string_view)> probe;
};

/// Acts on the verified content of the gate alone, and only while everything is still what that
/// content says. Receiver class: keyed where the configuration says that the tool may be repeated,
/// else neither. Thread-safe.
class ToolCaller final : public runtime::Executor, public runtime::Surveyor {
 public:
  explicit ToolCaller(ToolCallerParts parts) : parts_(std::move(parts)) {}
  /// Before anything is approved. The node must outlive what it runs here.
  void attach(runtime::Node& node) { node_ = &node; }

  std::string effect_type() const override;
  std::size_t places() const override { return 16; }
  runtime::ReceiverClass receiver_class(const runtime::Permit& permit) const override;
  Result<void> covered(const runtime::Permit& permit) const override;
  runtime::Outcome look(const runtime::Permit& permit) override;
  runtime::Outcome perform(const runtime::Permit& permit) override;

  /// Proposals, edits and retries of approvals, and calls of free tools.
  bool surveys(const google::protobuf::Message& command) const override;
  Result<kernel::Targets> survey(const EntityRef& entity,
                                 const google::protobuf::Message& command) const override;

 private:
  Result<runtime::Node*> node() const;
  /// What is to be called, as it still may be.
  Result<ToolCall> call_of(const runtime::Permit& permit) const;
  Result<kernel::Targets> found(const runtime::Node& node, const std::string& server,
                                const std::string& tool, const std::string& arguments,
                                bool must_be_free) const;

  // The record of it: the entity `action` of the effect's id.
  void begin(const runtime::Permit& permit, const ToolCall& call) const;
  void end(const runtime::Permit& permit, const Outcome& how, const runtime::Outcome& ended) const;
  void write_down(const runtime::Permit& permit,
                  std::shared_ptr<const google::protobuf::Message> what) const;

  const ToolCallerParts parts_;
  std::atomic<runtime::Node*> node_ = nullptr;
};

}  // namespace nightshift::bridges::mcp
