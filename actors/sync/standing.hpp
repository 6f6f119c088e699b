// How a vault and its repository stand to each other. Seed 000, entity 3; CONTRACTS.md, "sync".
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "messages/sync.pb.h"
#include "messages/time.hpp"

namespace nightshift::actors {

namespace sync_pb = nightshift::sync;

enum class Standing { starting, synced, ahead, behind, diverged, conflict, offline };

/// The remote counts as away after so many failures in a row, or so long without success, whichever
/// is first.
inline constexpr std::uint32_t failures_max = 3;
inline constexpr std::chrono::minutes absence_max{5};

/// Off line goes before what waits for a person, that before the counts of commits.
Standing standing_of(const sync_pb::Subject& subject);
std::string_view word(Standing standing);

/// True if a person has to do something before it goes on: about a conflict, or about what stands
/// in the way of a round.
bool waits_for_person(const sync_pb::Subject& subject);

/// Since when nothing was heard of the remote.
Time silent_since(const sync_pb::Subject& subject);

/// True if a round says nothing that the last one that was written down does not say. The same
/// again is written down every five minutes, so that it is known when the remote was seen last;
/// every hour where it is away.
bool is_old_news(const sync_pb::Subject& subject, const sync_pb::Round& round,
                 std::uint64_t request, Time now);

/// What a round did, in words: `2 files committed, 1 came from the remote, pushed`.
std::string round_words(const sync_pb::Round& round);

}  // namespace nightshift::actors
