// The tools of all connected servers, behind one door: what is free runs at once, what needs an
// approval is proposed and waited for, what is forbidden is not there.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bridges/mcp/gate/tool_source.hpp"
#include "bridges/mcp/gate/waits.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::mcp {

/// `SERVER__TOOL`, of letters, digits, `_` and `-`, 64 at most, as clients want names. One that
/// would be another ends with 8 digits of a hash of both names.
std::string joint_name(std::string_view server, std::string_view tool);

/// All of it is said by the journal: which servers there are, which tools people have accepted,
/// what became of a call. Made shared; `node` must outlive it, and `waits` must be stopped before.
/// Thread-safe.
class ConnectedTools final : public ToolSource,
                             public std::enable_shared_from_this<ConnectedTools> {
 public:
  ConnectedTools(runtime::Node& node, std::shared_ptr<Waits> waits)
      : node_(node), waits_(std::move(waits)) {}

  std::vector<ToolInfo> tools() const override;
  bool has(std::string_view name) const override;
  void call(ToolUse use, ToolEnd end) override;

 private:
  struct Place {
    std::string server;
    std::string tool;
    bool free = false;
  };

  std::optional<Place> find(std::string_view name) const;
  void run(const Place& place, const ToolUse& use, ToolEnd end);
  void propose(const Place& place, const ToolUse& use, ToolEnd end);
  void submit(EntityRef entity, std::shared_ptr<const google::protobuf::Message> body,
              const ToolUse& use, ToolEnd end);
  /// What has become of a call, or of the approval of one; nothing while it is open, unless `last`.
  std::optional<ToolAnswer> answer_of(const EntityRef& entity, const kernel::Caller& caller,
                                      bool last) const;

  runtime::Node& node_;
  const std::shared_ptr<Waits> waits_;
};

/// What a call brought that `approval` let happen, or nothing: the result of the protocol.
std::optional<JsonText> result_of(const runtime::Node& node, const runtime::Answer& approval);

}  // namespace nightshift::bridges::mcp
