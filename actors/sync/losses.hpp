// Words that merges left out: which wait for a person, and which can be restored.
#pragma once

#include <string_view>

#include "messages/sync.pb.h"

namespace nightshift::actors {

namespace sync_pb = nightshift::sync;

/// True where a rule of the seeds has decided, and nobody need look: `Dashboard.md` by sections,
/// pages under `Logs/`.
bool is_decided_by_rule(std::string_view path);

/// Null where there is none.
const sync_pb::Loss* find_loss(const sync_pb::Subject& subject, std::string_view conflict);
sync_pb::Loss* find_loss(sync_pb::Subject& subject, std::string_view conflict);
/// Of the bytes and path that `key` stands for.
const sync_pb::Loss* find_loss_by_key(const sync_pb::Subject& subject, std::string_view key);

/// Adds it. Where there are too many, the oldest that nobody waits for is forgotten; where all
/// wait, this one is only counted. The words of each stay in the journal.
void add_loss(sync_pb::Subject& subject, const sync_pb::Conflicted& event);

}  // namespace nightshift::actors
