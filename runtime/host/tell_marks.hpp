// How far the Tells of one entity have come, to each target and from each source.
#pragma once

#include <map>

#include "messages/tell.pb.h"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// The rows of the log, and what the owner has decided beyond them. Not thread-safe.
class TellMarks {
 public:
  TellMarks(const storage::EventLog& log, EntityRef entity);

  /// Valid until `clear`. Errors are those of the log.
  Result<ToldMark*> told(const EntityRef& target);
  Result<HeardMark*> heard(const EntityRef& source);

  /// The rows as they are to be.
  storage::WorkChange told_row(const EntityRef& target) const;
  storage::WorkChange heard_row(const EntityRef& source) const;

  /// So many marks are in memory.
  std::size_t size() const { return told_.size() + heard_.size(); }
  /// Only where all that was decided is durable, or will never be.
  void clear();

 private:
  const storage::EventLog& log_;
  const EntityRef entity_;
  std::map<EntityRef, ToldMark> told_;
  std::map<EntityRef, HeardMark> heard_;
};

/// How the target decided the `n`-th, which is not above the mark: nothing if it was accepted.
const RefusedTell* refusal_of(const HeardMark& mark, std::uint64_t n);
/// The `n`-th is decided, and the source knows of all below `open_from`.
void advance(HeardMark& mark, std::uint64_t n, std::uint64_t open_from);

}  // namespace nightshift::runtime::host
