// Claude Code's permission prompt: may this tool be used with this input? A person says so, by an
// approval of exactly that input, or nobody does.
#pragma once

#include <string>

#include "bridges/mcp/gate/tool_source.hpp"
#include "runtime/executor.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::mcp {

/// A question as it was asked.
struct PermissionAsked {
  std::string tool;
  /// Canonical JSON, an object.
  std::string input;
  /// Which use of the tool; may be empty.
  std::string use;

  /// From `{tool_name, input, tool_use_id?}`; other members are overlooked.
  static Result<PermissionAsked> read(JsonView arguments);
  /// The approval of this question by `principal`: the same for the same question. Without a use
  /// `key` tells two questions apart.
  std::string approval_id(const std::string& principal, const std::string& key) const;
  /// The body of `propose`, as JSON.
  std::string proposal(const std::string& principal) const;
};

/// The answer to a question whose approval stands so. Only one that was approved and granted
/// allows, for the tool and the use that were asked about, and then exactly the input that was
/// approved. While it is open: nothing, unless
/// `or_pending`, which denies and says that it is still waited for.
std::optional<ToolAnswer> permission_answer(const runtime::Node& node, const std::string& id,
                                            const PermissionAsked& asked,
                                            const kernel::Caller& caller, bool or_pending);
ToolAnswer denied(const std::string& message);

/// The executor of `GrantPermission`. What it grants is done by whoever asked: it says so once it
/// is dispatched, behind the gate, and nothing leaves the node.
class PermissionGrant final : public runtime::Executor {
 public:
  std::string effect_type() const override;
  runtime::ReceiverClass receiver_class(const runtime::Permit& permit) const override;
  runtime::Outcome look(const runtime::Permit& permit) override;
  runtime::Outcome perform(const runtime::Permit& permit) override;
};

}  // namespace nightshift::bridges::mcp
