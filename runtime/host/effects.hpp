// Runs effects: which are wanted, which executor is free, what is tried again. Whether one may be
// dispatched is decided by the entity that owns it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "messages/ids.hpp"
#include "runtime/clock.hpp"
#include "runtime/executor.hpp"
#include "runtime/host/mail.hpp"
#include "runtime/host/workers.hpp"

namespace nightshift::runtime::host {

/// Attempts in all of an effect that provably failed before it acted, and looks in all at a
/// receiver that cannot tell yet (CONTRACTS.md, defaults).
inline constexpr std::uint32_t effect_attempts_max = 3;

/// How often an effect is begun again after a stop of the node had cut it before anything happened.
/// Bounded as well: the executor itself may be what brings the node down.
inline constexpr std::uint32_t effect_interruptions_max = 20;

/// The longest that a receiver may ask for before the next attempt.
inline constexpr std::chrono::seconds retry_after_max{3600};

struct EffectKey {
  EntityRef entity;
  std::string id;
  auto operator<=>(const EffectKey&) const = default;
};

struct EffectCounters {
  std::atomic<std::uint64_t> dispatched = 0;
  std::atomic<std::uint64_t> committed = 0;
  std::atomic<std::uint64_t> failed = 0;
  std::atomic<std::uint64_t> unknown = 0;
};

/// Thread-safe. A job is asked of its owner only when a worker is free, so that `Dispatched` stands
/// right before the act and a crash leaves no effect unknown that nobody had begun.
class Effects {
 public:
  using Send = std::function<void(const EntityRef&, Mail)>;
  using Note = std::function<void(std::string_view)>;

  struct Parts {
    std::vector<std::shared_ptr<Executor>> executors;
    const Clock& clock;
    EffectCounters& counters;
    std::chrono::milliseconds backoff;
    /// Executors running at once that have no places of their own; 0 runs all in the caller.
    std::size_t threads;
    Send send;
    /// Crash points, and lines for the operator.
    Note point;
    Note report;
    /// Something is due earlier than `poll` said.
    std::function<void()> wake;
  };

  explicit Effects(Parts parts);

  /// An effect is pending: its row is durable, or was found at start.
  void want(const EffectKey& key, const WorkValue& why);
  /// Asks owners for what is due. Returns how long until the next, or nothing if there is none.
  std::optional<std::chrono::microseconds> poll();

  // -- answers of the owner

  // What an executor works at is settled by its report alone: whatever else is said of it meanwhile
  // is out of date.

  /// It is not wanted any more, or has ended.
  void refused(const EffectKey& key);
  /// The owner could write nothing: once more, after a while.
  void later(const EffectKey& key);
  /// What the owner has written makes it another question: once more.
  void at_once(const EffectKey& key);
  /// `Dispatched` is durable: act, also if another has asked for it before this took its place.
  /// Where it cannot be begun, as this has been stopped, that is reported.
  void dispatched(const EffectKey& key, Permit permit, const WorkValue& why);
  /// `Dispatched` stems from an earlier run, and its end is not known. `may_act`: the gate still
  /// opens.
  void recover(const EffectKey& key, Permit permit, bool may_act);
  /// `Ended` is durable. `again`: how many attempts failed, if there will be another.
  void ended(const EffectKey& key, EffectState state, std::optional<std::uint32_t> again);

  /// The owner was ended before it read the report: once more, after a while.
  void report_later(const EffectKey& key, const Report& report);

  /// Jobs.
  std::size_t open() const;
  /// Whether a standing grant covers exactly this, as the executor of `type` sees it.
  Result<void> covered(const std::string& type, const Permit& permit) const {
    return executors_.at(type)->covered(permit);
  }

  /// Waits for executors that run, starts none.
  void stop() { workers_.stop(); }

 private:
  enum class Phase { waiting, asked, acting, reporting };
  struct Job {
    WorkValue why;
    Phase phase = Phase::waiting;
    /// When `poll` mails the owner: to dispatch, or to report.
    std::chrono::microseconds ready_at{};
    std::uint32_t looks = 0;
    Report report = {};
  };
  /// Nothing if the receiver could not tell, and is asked again later.
  using Attempt = std::optional<Outcome>;
  using Act = std::move_only_function<Attempt(Executor&)>;

  /// Runs `how` on a worker, if the owner was asked about this job. `recovered` as in `Report`.
  void act(const EffectKey& key, std::uint32_t attempt, bool recovered, Act how);
  Attempt guarded(const EffectKey& key, Executor& executor, Act& how);
  Attempt settle(const EffectKey& key, Executor& executor, const Permit& permit, bool may_act);
  void ask_again(const EffectKey& key, std::chrono::microseconds pause);
  bool is_doubtful(const EffectKey& key) const;
  /// After a restore: that the receiver knows nothing of it proves nothing, for what it kept may
  /// have been lost with the node.
  static Outcome doubt(Executor& executor, const Permit& permit);
  Attempt look(const EffectKey& key, Executor& executor, const Permit& permit);
  Attempt repeat(const EffectKey& key, Executor& executor, const Permit& permit, bool may_act);
  /// True if the receiver is to be asked, or sent the same, once more about an attempt that may
  /// have arrived; it waits then.
  bool once_more(const EffectKey& key, const Outcome& outcome);
  void report(const EffectKey& key, Report report);
  /// Makes the report that a dispatched effect was not begun, if it is dropped.
  std::shared_ptr<Duty> begins(const EffectKey& key, std::uint32_t attempt);
  /// What `job` takes a place of while it is asked about or runs. Needs the lock.
  std::ptrdiff_t& free_for(const Job& job);
  /// Gives the worker back, and decides when the owner is mailed next. Needs the lock.
  void wait(Job& job, Phase phase, std::chrono::microseconds ready_at);
  /// Doubles with each failure from the first on.
  std::chrono::microseconds backoff(std::uint32_t failures) const;
  /// The same, and no sooner than the receiver asked for.
  std::chrono::microseconds pause(std::uint32_t failures, const Outcome& outcome) const;

  Parts parts_;
  std::map<std::string, std::shared_ptr<Executor>> executors_;

  mutable std::mutex mutex_;
  std::map<EffectKey, Job> jobs_;
  /// Places at the executors, by type where one has its own, the others' by no name. Below zero
  /// where more was dispatched before this was built.
  std::map<std::string, std::ptrdiff_t> free_;
  Workers workers_;
};

}  // namespace nightshift::runtime::host
