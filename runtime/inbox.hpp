// What waits for a person: entities in a phase that asks for one (messages/inbox.proto), approvals
// and effects of unknown outcome among them. Found by the schemas: no kind is known by name.
#pragma once

#include <string>
#include <vector>

#include "runtime/node.hpp"

namespace nightshift::runtime {

struct InboxItem {
  Answer entity;
  /// What the person has to do.
  std::string awaits;
  /// What the entity takes in this status, without what only the host sends.
  std::vector<const kernel::CommandInfo*> commands;
};

struct Inbox {
  std::vector<InboxItem> items;
  /// Where the next page begins; empty on the last one.
  std::string next;
};

/// In the order of kinds, statuses, ids. `after` is the `next` of the page before, or empty;
/// `invalid` if it is neither. Reads the indexes of statuses, not all entities.
Result<Inbox> read_inbox(const Node& node, const std::string& after, std::size_t limit);

}  // namespace nightshift::runtime
