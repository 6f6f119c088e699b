// Another node's log as it was shipped here: the same rows and the same chain, written by nobody
// but who ships. Read as any log.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/readable_log.hpp"

namespace nightshift::storage {

/// A record of a batch, or the leaf of one that is withheld.
struct ReplicaEntry {
  /// Empty where it is withheld.
  std::string bytes;
  Salt salt{};
  Digest leaf{};
  bool withheld = false;
  /// Of a record: whose it is, and the how-manieth.
  EntityRef entity;
  std::uint64_t sequence = 0;
};

/// Rows of an entity that its new records change.
struct ReplicaRows {
  EntityRef entity;
  std::string state;
  /// Of the last record in it.
  std::uint64_t offset = 0;
  IndexValues before;
  IndexValues after;
};

/// Reading is thread-safe, `take` and what follows it are for one thread. Everything that writes as
/// a log does is refused with `unavailable`.
class ReplicaLog final : public ReadableLog<EventLog> {
 public:
  /// Opens what lies at `path`, or begins there with the lineage of the log that is shipped, which
  /// may have grown by restores since. `corrupt` where the lineage is that of another log.
  static Result<std::unique_ptr<ReplicaLog>> open(const std::filesystem::path& path,
                                                  const std::optional<Lineage>& lineage);
  static Result<std::unique_ptr<ReplicaLog>> open(std::unique_ptr<Store> store,
                                                  const std::optional<Lineage>& lineage);

  /// The next batch, with all its entries. `corrupt` where it does not follow from what is here, or
  /// does not hash to its head: nothing of it is taken then. Read once it is committed.
  Result<void> take(const Batch& batch, const std::vector<ReplicaEntry>& entries);
  void derive(const ReplicaRows& rows);
  /// Writes what was taken; synced when it returns. Where that fails it is as if nothing had been
  /// taken since the last commit: the same may be taken again, even if it was written after all.
  Result<void> commit();
  /// Forgets what was taken since the last commit.
  void abandon();

  /// The digest of the last batch that was committed, as the batch has it.
  Digest last_digest() const { return digest_; }

  /// A short text that is kept with it, by name: the newest signed head, an alarm.
  Result<std::optional<std::string>> note(std::string_view name) const;
  Result<void> keep_note(std::string_view name, std::string_view text);

  void open(const EntityRef& entity, OpenCompletion done) override;
  void submit(Append append, Completion done) override;
  void close(const EntityRef&, std::uint64_t) override {}
  void rederive(Rederivation step, Completion done) override;
  LogStats stats() const override { return {}; }

 private:
  ReplicaLog(std::unique_ptr<Store> store, LogStart start, Digest digest);

  const std::unique_ptr<Store> store_;
  std::unique_ptr<RowBatch> rows_;
  /// Behind what was taken.
  ChainHead next_;
  Digest next_digest_{};
  /// Behind what was committed.
  ChainHead done_;
  Digest digest_{};
  CommandDays days_;
};

/// The digest of the batch that ends with this offset; nothing where none does. Of offset 0, that
/// before the first batch.
Result<std::optional<Digest>> digest_at(const EventLog& log, std::uint64_t offset);

}  // namespace nightshift::storage
