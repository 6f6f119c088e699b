// One decision, made again: by the kind's own `decide`, under surroundings that are handed in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/effect_options.pb.h"
#include "messages/ids.hpp"
#include "messages/record.pb.h"
#include "runtime/kernel/kind.hpp"

namespace nightshift::runtime::history {

/// All that a decision looks at besides the entity.
struct Surroundings {
  Time now{};
  kernel::Caller caller;
  kernel::NodeFacts facts;
  kernel::Calendar calendar;
};

/// Name, role, capabilities and policy version; no executors, none of the owner's data.
kernel::NodeFacts facts_of(const Identity& identity);

/// Who stood behind a record: the host, an entity, or whoever had this name. Scopes are those of
/// its tokens then, or all that a person may have where it had none (the vault, say). `agent` where
/// the events themselves say.
kernel::Caller caller_of(const std::string& principal, const Authority& authority,
                         std::optional<bool> agent);

/// Pure. Fresh ids follow from `entity` and `sequence`, so that the same decision made twice can be
/// compared. `bug` where `decide` throws.
Result<kernel::AnyEvents> decide(const kernel::Entity& entity, const EntityRef& name,
                                 std::uint64_t sequence, const google::protobuf::Message& command,
                                 const Surroundings& around, const Authority& authority);

/// The fresh ids that a decision at this place is handed, in their order.
std::vector<std::string> fresh_ids(const EntityRef& name, std::uint64_t sequence);

/// May the node act? As the host asks right before a dispatch: role, capability and standing grant,
/// then the gate.
Result<void> may_act(const kernel::Effect& effect, const Surroundings& around,
                     const Authority& authority);

}  // namespace nightshift::runtime::history
