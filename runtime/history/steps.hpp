// The records of one entity as decisions.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "runtime/catalog.hpp"
#include "runtime/node.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::history {

/// What one decision wrote, or one event of the host's own; never empty.
struct Step {
  std::vector<EventView> records;

  const Record& first() const { return records.front().record; }
  std::uint64_t offset() const { return records.front().offset; }
  Time decided_at() const { return time_from_us(first().decided_at_us()); }
  /// A dispatch, its end, a refused Tell: nothing that the kind decided.
  bool of_host() const;
  /// False where this program does not know a type of event, or its bytes.
  bool readable() const;
  std::vector<const google::protobuf::Message*> events() const;
};

/// Return false to stop.
using StepVisitor = std::function<bool(const Step&)>;

/// Every step of an entity in order, one in memory at a time.
Result<void> walk(const storage::EventLog& log, const Catalog& catalog, const EntityRef& entity,
                  const StepVisitor& visit);

}  // namespace nightshift::runtime::history
