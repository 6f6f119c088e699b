// All reading of a journal, over any store.
#pragma once

#include "storage/store.hpp"

namespace nightshift::storage {

/// Days since 1970 whose command rows the log may hold, both ends included.
struct CommandDays {
  std::uint32_t oldest = 0;
  std::uint32_t newest = 0;
};

std::uint32_t day_of(Time time);

/// The end of an entity's stream; zeros if it does not exist.
struct StreamEnd {
  std::uint64_t sequence = 0;
  std::uint64_t offset = 0;
};

/// What the rows say about the log as a whole.
struct LogStart {
  Identity identity;
  Lineage lineage;
  std::uint64_t boot_epoch = 0;
  ChainHead head;
  CommandDays days;
};

/// Thread-safe, as the store is. The functions are those of `EventLog`; a row that cannot be read
/// is `corrupt`.
class Reader {
 public:
  /// `store` must live longer.
  explicit Reader(const Store& store) : store_(store) {}

  /// Nothing if no log was ever made here.
  Result<std::optional<LogStart>> start() const;
  Result<StreamEnd> end_of(const EntityRef& entity) const;
  /// What an opening answers.
  Result<Opened> opened(const EntityRef& entity, std::uint64_t epoch, StreamEnd& end) const;

  Result<std::optional<std::string>> derivation(std::string_view kind) const;
  Result<std::optional<std::string>> state(const EntityRef& entity) const;
  Result<void> scan_states(std::string_view kind, std::string_view after,
                           const StateVisitor& visit) const;
  Result<std::vector<std::string>> scan_index(std::string_view kind, std::string_view field,
                                              std::string_view value, std::string_view after,
                                              std::size_t limit) const;
  Result<std::optional<Tombstone>> archived(const EntityRef& entity) const;
  Result<void> scan_leaves(std::uint64_t from, const LeafVisitor& visit) const;
  Result<void> scan_log(std::uint64_t from, const RecordVisitor& visit) const;
  Result<void> scan_batches(std::uint64_t from, const BatchVisitor& visit) const;
  Result<void> scan_entity(const EntityRef& entity, std::uint64_t from,
                           const RecordVisitor& visit) const;
  Result<void> scan_pointers(const PointerVisitor& visit) const;
  Result<void> scan_work(WorkKind kind, const WorkKey& from, const WorkVisitor& visit) const;
  Result<std::optional<CommandEntry>> find_command(const EntityRef& entity,
                                                   std::string_view principal, std::string_view key,
                                                   const CommandDays& days) const;

 private:
  /// Adds the restores to what the log began with.
  Result<void> read_restorations(LogStart& start) const;
  Result<ChainHead> head(const LogStart& start) const;
  Result<CommandDays> command_days(Time written_at) const;

  const Store& store_;
};

}  // namespace nightshift::storage
