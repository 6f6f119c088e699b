// One entity as it is at one sequence: the kind's state and what the host keeps beside it. Made
// from a state row, from records, or from both; the same fold whether live or replayed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "messages/ids.hpp"
#include "messages/record.pb.h"
#include "runtime/kernel/kind.hpp"
#include "runtime/node.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// State rows up to this size are current; larger ones may be older than their entity.
inline constexpr std::size_t small_row_bytes = 4096;

/// Not thread-safe. After an error of `apply` or `fold` it is unusable.
class EntityState {
 public:
  /// Nothing yet.
  EntityState(const kernel::Kind& kind, EntityRef entity, std::string home);
  /// From a state row. An older evolver's row, or one that this program cannot read, is passed over
  /// (it is disposable): the state is then that of an entity without records.
  static std::unique_ptr<EntityState> from_row(const kernel::Kind& kind, EntityRef entity,
                                               std::string_view row);
  /// What the log has up to `sequence` (all of it by default): the state row and the records behind
  /// it. `not_found`, `archived`, or `corrupt` where the stream has a gap or an event cannot be
  /// folded.
  static Result<std::unique_ptr<EntityState>> load(const storage::EventLog& log,
                                                   const kernel::Kind& kind,
                                                   const EntityRef& entity,
                                                   std::uint64_t sequence = UINT64_MAX);
  /// The same from the records alone.
  static Result<std::unique_ptr<EntityState>> replay(const storage::EventLog& log,
                                                     const kernel::Kind& kind,
                                                     const EntityRef& entity,
                                                     std::uint64_t sequence);

  /// Folds a fresh event, which becomes the next of the stream.
  Result<void> apply(const google::protobuf::Message& event, Time decided_at);
  /// Folds a stored record, which must be the next of the stream.
  Result<void> fold(const storage::StoredRecord& stored);
  Result<void> fold(const Record& record, std::uint64_t offset);

  const kernel::Entity& entity() const { return *entity_; }
  const EntityRef& ref() const { return ref_; }
  std::uint64_t sequence() const { return row_.sequence(); }
  /// Offset of the last record that was folded; 0 if only fresh events were.
  std::uint64_t offset() const { return row_.offset(); }
  const std::string& home() const { return row_.home(); }
  const EffectProgress* progress(std::string_view effect_id) const;

  /// The serialised state row, without the offset of the last record.
  std::string row();
  /// What a reader is told. `boot_epoch` is the node's own.
  Answer answer(const kernel::Work& pending, std::uint64_t boot_epoch,
                const std::string& log_id) const;
  Answer answer(std::uint64_t boot_epoch, const std::string& log_id) const {
    return answer(entity_->pending(), boot_epoch, log_id);
  }

 private:
  Result<void> fold_tail(const storage::EventLog& log, std::uint64_t sequence);
  void advance(std::string_view type, std::string_view payload, std::int64_t decided_at_us);
  void advance(std::int64_t decided_at_us);
  void note(const google::protobuf::Message& event);
  EffectProgress& progress_of(const std::string& effect_id);

  EntityRef ref_;
  std::unique_ptr<kernel::Entity> entity_;
  /// All but phase and body, which are filled in when a row is made.
  StateRow row_;
};

/// One of the five states (DESIGN.md section 5). Null progress means never dispatched.
EffectState effect_state(const EffectProgress* progress, std::uint64_t boot_epoch);

}  // namespace nightshift::runtime::host
