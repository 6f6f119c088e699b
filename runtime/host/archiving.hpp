// Entities whose records went to an archive: docs/decisions/retention.md.
#pragma once

#include <memory>

#include "messages/host.pb.h"
#include "runtime/host/entity_state.hpp"

namespace nightshift::runtime::host {

/// What the log writes down beside the deletion. All of its streams are of one kind.
std::unique_ptr<::nightshift::host::Archived> archived_event(const storage::Archival& archival);

/// What is answered in place of an entity; says where it is.
Error archived_error(const EntityRef& entity, const Tombstone& tombstone);

/// `archived`, or else `not_found`: of an entity without a state.
std::unexpected<Error> absent_error(const storage::EventLog& log, const EntityRef& entity);

}  // namespace nightshift::runtime::host
