// Which thread runs which entity's code, so that one that never returns can be named.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/ids.hpp"
#include "runtime/clock.hpp"

namespace nightshift::runtime::host {

/// One thread that runs entities' code.
class TurnPlace;

/// What a thread does with an entity; nothing where `entity` is null.
struct Step {
  const EntityRef* entity = nullptr;
  std::string_view what;
};

/// Marks that this thread runs an entity's code, for as long as it lives. Costs two uncontended
/// locks: no clock is read.
class Turn {
 public:
  /// Both must outlive the turn; `what` says what is done, for people.
  Turn(const EntityRef& entity, std::string_view what);
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn();

 private:
  TurnPlace& place_;
  const Step outer_;
};

/// A turn that is too long, or might be.
struct LongTurn {
  EntityRef entity;
  std::string what;
};

/// The turns that run now.
std::vector<LongTurn> running_turns();

/// Looks at the turns of all threads of the process. For one thread at a time.
class TurnWatch {
 public:
  /// Processor time that one turn may take: a machine that sleeps, or is busy with others, takes
  /// none.
  explicit TurnWatch(std::chrono::microseconds cpu_max) : cpu_max_(cpu_max) {}

  /// The first turn that has used more than that since it was first seen, if there is one. To be
  /// called several times within the bound.
  std::optional<LongTurn> look();

 private:
  struct Seen {
    std::weak_ptr<TurnPlace> place;
    std::uint64_t turn = 0;
    std::chrono::microseconds cpu_at{};
  };
  const std::chrono::microseconds cpu_max_;
  std::vector<Seen> seen_;
};

}  // namespace nightshift::runtime::host
