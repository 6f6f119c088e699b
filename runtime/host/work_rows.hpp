// Open work as rows: the difference between what was pending and what is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "messages/record.pb.h"
#include "runtime/host/entity_state.hpp"
#include "runtime/kernel/work.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

storage::WorkKey effect_key(const EntityRef& entity, const std::string& effect_id);
storage::WorkKey deadline_key(const EntityRef& entity, const kernel::Deadline& deadline);
/// The `n`-th that `source` tells `target`; in the order of targets, then of `n`.
storage::WorkKey tell_key(const EntityRef& source, const EntityRef& target, std::uint64_t n);

/// What is open, and its type.
using WorkTypes = std::map<storage::WorkKey, std::string>;
WorkTypes work_types(const EntityRef& entity, const kernel::Work& work);

/// True for an effect whose end is not known.
bool is_under_way(const EntityState& state, const storage::WorkKey& key);

/// Rows to write and to delete. An effect that was dispatched keeps its row until its end is known,
/// whatever the phase says: a restart must find it. `state` is the new one; the values of new rows
/// carry `cause` and `correlation`.
std::vector<storage::WorkChange> work_changes(const EntityState& state, const kernel::Work& before,
                                              const kernel::Work& after, std::string_view cause,
                                              std::string_view correlation);

}  // namespace nightshift::runtime::host
