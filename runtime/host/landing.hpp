// What follows when the log has answered an append: the answer to the caller, effects, deadlines,
// authority. It belongs to the log's completion, not to the actor, which may be gone by then.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/host/core.hpp"

namespace nightshift::runtime::host {

/// What one opening of an entity shares with its appends.
struct Lane {
  std::shared_ptr<Core> core;
  EntityRef entity;
  std::uint64_t activation = 0;
  std::uint64_t epoch = 0;
  /// Appends handed to the log (counted by the actor alone), and those that it has answered, in
  /// the same order.
  std::uint64_t submitted = 0;
  std::atomic<std::uint64_t> answered = 0;
  /// Offset of the last record that is durable.
  std::atomic<std::uint64_t> offset = 0;
  /// An append was refused: the actor believes in events that never were.
  std::atomic<bool> lost = false;

  /// All that was decided is durable.
  bool settled() const { return answered == submitted && !lost; }
};

/// One append on its way.
struct Landing {
  std::shared_ptr<Lane> lane;
  /// None for what the host decides by itself.
  std::unique_ptr<Call> call;
  /// The answer to the call, unless it is refused. Shared with repeats of the command.
  std::shared_ptr<Answer> answer;
  std::optional<Error> refusal;
  bool has_records = false;
  /// The answer's offset is that of this append, or of what is durable before it.
  bool takes_offset = true;
  std::vector<storage::WorkChange> work;
  std::optional<Authority> contribution;
  /// Runs last, with whether it was written.
  std::move_only_function<void(Core&, bool)> then;
};

/// One append without anything to say yet.
Landing landing_on(std::shared_ptr<Lane> lane, std::unique_ptr<Call> call);

/// Hands an append to the log.
void submit(storage::Append append, Landing landing);
/// Answers a call at once: all that it was decided on is durable.
void answer_now(Landing landing);

}  // namespace nightshift::runtime::host
