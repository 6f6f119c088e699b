// The reading half of `EventLog`, the same for every form.
#pragma once

#include <mutex>

#include "storage/reader.hpp"

namespace nightshift::storage {

/// `Form` is `EventLog` or an interface that derives from it.
template <class Form>
class ReadableLog : public Form {
 public:
  /// `store` must live longer.
  ReadableLog(const Store& store, LogStart start)
      : reader_(store),
        identity_(std::move(start.identity)),
        lineage_(std::move(start.lineage)),
        boot_epoch_(start.boot_epoch),
        head_(std::move(start.head)),
        days_(start.days) {}

  const Identity& identity() const override { return identity_; }
  const Lineage& lineage() const override { return lineage_; }
  std::uint64_t boot_epoch() const override { return boot_epoch_; }

  ChainHead head() const override {
    const std::lock_guard lock(mutex_);
    return head_;
  }

  Result<std::optional<std::string>> derivation(std::string_view kind) const override {
    return reader_.derivation(kind);
  }

  Result<std::optional<std::string>> state(const EntityRef& entity) const override {
    return reader_.state(entity);
  }

  Result<void> scan_states(std::string_view kind, std::string_view after,
                           const StateVisitor& visit) const override {
    return reader_.scan_states(kind, after, visit);
  }

  Result<std::vector<std::string>> scan_index(std::string_view kind, std::string_view field,
                                              std::string_view value, std::string_view after,
                                              std::size_t limit) const override {
    return reader_.scan_index(kind, field, value, after, limit);
  }

  Result<std::optional<Tombstone>> archived(const EntityRef& entity) const override {
    return reader_.archived(entity);
  }

  Result<void> scan_leaves(std::uint64_t from, const LeafVisitor& visit) const override {
    return reader_.scan_leaves(from, visit);
  }

  Result<void> scan_log(std::uint64_t from, const RecordVisitor& visit) const override {
    return reader_.scan_log(from, visit);
  }

  Result<void> scan_batches(std::uint64_t from, const BatchVisitor& visit) const override {
    return reader_.scan_batches(from, visit);
  }

  Result<void> scan_entity(const EntityRef& entity, std::uint64_t from,
                           const RecordVisitor& visit) const override {
    return reader_.scan_entity(entity, from, visit);
  }

  Result<void> scan_pointers(const PointerVisitor& visit) const override {
    return reader_.scan_pointers(visit);
  }

  Result<void> scan_work(WorkKind kind, const WorkKey& from,
                         const WorkVisitor& visit) const override {
    return reader_.scan_work(kind, from, visit);
  }

  // Rows are kept by the log's own time, which never goes back, so `now` does not narrow the
  // search.
  Result<std::optional<CommandEntry>> find_command(const EntityRef& entity,
                                                   std::string_view principal, std::string_view key,
                                                   Time /*now*/) const override {
    std::unique_lock lock(mutex_);
    const auto days = days_;
    lock.unlock();
    return reader_.find_command(entity, principal, key, days);
  }

 protected:
  const Reader& reader() const { return reader_; }

  /// A batch became durable.
  void publish(const ChainHead& head, const CommandDays& days) {
    const std::lock_guard lock(mutex_);
    head_ = head;
    days_ = days;
  }

 private:
  Reader reader_;
  const Identity identity_;
  const Lineage lineage_;
  const std::uint64_t boot_epoch_;
  mutable std::mutex mutex_;
  ChainHead head_;
  CommandDays days_;
};

}  // namespace nightshift::storage
