// A stored record as people read it: its payload decoded, and a sentence that says what happened.
#pragma once

#include "runtime/catalog.hpp"
#include "runtime/node.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime {

/// `corrupt` where the stored bytes are no record. A payload of an unknown type, a sealed one or a
/// damaged one leaves `event` null, and the sentence says so.
Result<EventView> view_of(const storage::StoredRecord& stored, const Catalog& catalog);

}  // namespace nightshift::runtime
