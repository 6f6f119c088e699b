// Makes the rows that are derived from records anew where a kind derives them differently than the
// program that wrote them: index and work rows, and state rows where the fold has changed.
#pragma once

#include <functional>
#include <string_view>

#include "messages/derivation.pb.h"
#include "runtime/host/entity_state.hpp"
#include "runtime/host/work_rows.hpp"
#include "runtime/kernel/kind.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// Before any entity is opened. Costs one look where nothing has changed. What is done stays done:
/// after a crash it goes on with the entity behind the last one. Memory is bounded, whatever the
/// number of entities.
class Rederivation {
 public:
  struct Surroundings {
    storage::EventLog& log;
    /// Lets the log work where it does so by hand; empty where it does by itself.
    std::function<void()> drive;
    /// One line for the operator.
    std::function<void(std::string_view)> report;
    /// A named point of a crash test.
    std::function<void(std::string_view)> point;
  };

  Rederivation(Surroundings surroundings, const kernel::Kind& kind);

  /// An entity that cannot be folded is reported, keeps its rows of work, and loses those of
  /// indexes: it is found by its id alone until a program can fold it. Errors are those of the log,
  /// worded for the operator.
  Result<void> run();

 private:
  /// True if the rows are those of the kind as it is.
  Result<bool> is_done();
  Result<void> begin();
  Result<void> make_rows();
  Result<void> drop_stale(storage::WorkKind sort);

  /// What an entity's records make of its rows.
  struct Derived {
    std::unique_ptr<EntityState> state;
    kernel::IndexValues index;
    WorkTypes work;
  };

  /// Returns the bytes of the state row that it adds.
  std::size_t add(const std::string& id, storage::Rederivation& step);
  /// The value that the row of open work should have; nothing if it has it.
  std::optional<WorkValue> value_for(const EntityState& state, const storage::WorkKey& key,
                                     const std::string& type);
  std::optional<WorkValue> stored(const storage::WorkKey& key);
  bool is_stale(const storage::WorkKey& key);
  /// Nothing, and a report, where it cannot be folded.
  std::optional<Derived> derive(const EntityRef& entity);
  Result<void> write(storage::Rederivation step);

  Surroundings surroundings_;
  storage::EventLog& log_;
  const kernel::Kind& kind_;
  Derivation mark_;
  std::uint64_t entities_ = 0;
};

}  // namespace nightshift::runtime::host
