// Commands at random over a few entities, and what the log must hold of them afterwards.
#pragma once

#include <map>
#include <random>

#include "storage/event_log.hpp"

namespace nightshift::storage {

/// Sanitized programs are some ten times slower: they take one round where others take so many.
#ifdef __SANITIZE_ADDRESS__
inline constexpr std::uint64_t rounds_skipped = 11;
#else
inline constexpr std::uint64_t rounds_skipped = 1;
#endif

/// `NIGHTSHIFT_SEED`, or a fresh one.
std::uint64_t test_seed();
/// `NIGHTSHIFT_CYCLES`, or `otherwise`, less the rounds skipped.
std::uint64_t test_cycles(std::uint64_t otherwise);

/// What was acknowledged over the life of a log, across crashes.
struct Acknowledged {
  /// Payload by entity and sequence.
  std::map<EntityRef, std::map<std::uint64_t, std::string>> records;
  /// The newest head that was durable at an acknowledgement.
  std::optional<ChainHead> head;

  std::size_t count() const;
};

/// Appends `appends` times with up to 32 outstanding, and notes what is acknowledged. Stops
/// submitting at the first error; waits for every answer. False if an answer was an error.
/// An acknowledgement behind an error is a failed check.
bool run_workload(EventLog& log, Acknowledged& acknowledged, std::mt19937_64& random,
                  std::size_t appends);

/// What is wrong with a log that has to hold what was acknowledged: records, states and derived
/// rows as a replay makes them, a whole chain. Empty if nothing is.
std::string find_wrong(const EventLog& log, const Acknowledged& acknowledged);

}  // namespace nightshift::storage
