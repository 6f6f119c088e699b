// Runs effects. Nothing is sent and nothing runs under the lock.
#include "runtime/host/effects.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime/host/backoff.hpp"

namespace nightshift::runtime::host {
namespace {

/// No mail to the owner is due: it has been asked, or an executor runs.
constexpr auto never = std::chrono::microseconds::max();

/// The name of the places that executors share.
constexpr const char* shared = "";

std::string name_of(const EffectKey& key) { return to_string(key.entity) + " effect " + key.id; }

std::size_t threads_for(const Effects::Parts& parts) {
  auto threads = parts.threads;
  if (threads == 0) return 0;
  for (const auto& executor : parts.executors) threads += executor->places();
  return threads;
}

}  // namespace

Effects::Effects(Parts parts) : parts_(std::move(parts)), workers_(threads_for(parts_)) {
  free_[shared] = static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, parts_.threads));
  for (const auto& executor : parts_.executors) {
    const auto type = executor->effect_type();
    executors_[type] = executor;
    if (executor->places() > 0) free_[type] = static_cast<std::ptrdiff_t>(executor->places());
  }
}

std::ptrdiff_t& Effects::free_for(const Job& job) {
  const auto own = free_.find(job.why.type());
  return own == free_.end() ? free_.at(shared) : own->second;
}

void Effects::want(const EffectKey& key, const WorkValue& why) {
  if (!executors_.contains(why.type())) {
    parts_.report(name_of(key) + " waits: no executor for " + why.type() + " on this node");
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    const auto [at, fresh] = jobs_.try_emplace(key);
    if (!fresh) return;
    at->second.why = why;
  }
  parts_.wake();
}

std::optional<std::chrono::microseconds> Effects::poll() {
  std::vector<std::pair<EntityRef, Mail>> mails;
  std::optional<std::chrono::microseconds> next;
  {
    const std::lock_guard lock(mutex_);
    const auto now = parts_.clock.elapsed();
    for (auto& [key, job] : jobs_) {
      if (job.ready_at == never) continue;
      if (job.ready_at > now) {
        next = next ? std::min(*next, job.ready_at - now) : job.ready_at - now;
      } else if (job.phase == Phase::reporting) {
        job.ready_at = never;
        mails.emplace_back(key.entity, job.report);
      } else if (auto& free = free_for(job); free > 0) {
        --free;
        job.phase = Phase::asked;
        job.ready_at = never;
        mails.emplace_back(key.entity, Dispatch{key.id, job.why});
      }
    }
  }
  for (auto& [entity, mail] : mails) parts_.send(entity, std::move(mail));
  return next;
}

void Effects::wait(Job& job, Phase phase, std::chrono::microseconds ready_at) {
  if (job.phase == Phase::asked || job.phase == Phase::acting) ++free_for(job);
  job.phase = phase;
  job.ready_at = ready_at;
}

std::size_t Effects::open() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void Effects::refused(const EffectKey& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = jobs_.find(key);
    if (at == jobs_.end() || at->second.phase == Phase::acting) return;
    wait(at->second, Phase::waiting, never);
    jobs_.erase(at);
  }
  parts_.wake();
}

void Effects::later(const EffectKey& key) { ask_again(key, backoff(1)); }

void Effects::at_once(const EffectKey& key) { ask_again(key, std::chrono::microseconds(0)); }

void Effects::ask_again(const EffectKey& key, std::chrono::microseconds pause) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = jobs_.find(key);
    if (at == jobs_.end() || at->second.phase == Phase::acting) return;
    const bool reporting = at->second.phase == Phase::reporting;
    wait(at->second, reporting ? Phase::reporting : Phase::waiting, parts_.clock.elapsed() + pause);
  }
  parts_.wake();
}

void Effects::dispatched(const EffectKey& key, Permit permit, const WorkValue& why) {
  ++parts_.counters.dispatched;
  {
    const std::lock_guard lock(mutex_);
    auto& job = jobs_.try_emplace(key, Job{.why = why}).first->second;
    if (job.phase == Phase::waiting) {
      --free_for(job);
      job.phase = Phase::asked;
      job.ready_at = never;
    }
  }
  const auto attempt = permit.attempt;
  act(key, attempt, false, [this, key, permit = std::move(permit)](Executor& executor) -> Attempt {
    parts_.point("before_delivery");
    auto outcome = executor.perform(permit);
    parts_.point("after_delivery");
    const bool repeatable = outcome.state == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH &&
                            executor.receiver_class(permit) == ReceiverClass::keyed;
    if (repeatable && once_more(key, outcome)) return std::nullopt;
    return outcome;
  });
}

void Effects::recover(const EffectKey& key, Permit permit, bool may_act) {
  const auto attempt = permit.attempt;
  act(key, attempt, true, [this, key, permit = std::move(permit), may_act](Executor& executor) {
    return settle(key, executor, permit, may_act);
  });
}

Effects::Attempt Effects::settle(const EffectKey& key, Executor& executor, const Permit& permit,
                                 bool may_act) {
  if (is_doubtful(key)) return doubt(executor, permit);
  switch (executor.receiver_class(permit)) {
    case ReceiverClass::queryable: return look(key, executor, permit);
    case ReceiverClass::keyed: return repeat(key, executor, permit, may_act);
    case ReceiverClass::neither: break;
  }
  return Outcome{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
                 "the node stopped in the middle, and the receiver cannot be asked; look there, "
                 "then resolve"};
}

bool Effects::is_doubtful(const EffectKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto job = jobs_.find(key);
  return job != jobs_.end() && job->second.why.doubtful_since_us() != 0;
}

Outcome Effects::doubt(Executor& executor, const Permit& permit) {
  if (executor.receiver_class(permit) == ReceiverClass::queryable) {
    auto seen = executor.look(permit);
    if (seen.state == EFFECT_STATE_COMMITTED) return seen;
  }
  return {EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
          "it was open in the backup that was restored, and may have been done since; look at the "
          "receiver, then resolve"};
}

Effects::Attempt Effects::look(const EffectKey& key, Executor& executor, const Permit& permit) {
  auto seen = executor.look(permit);
  if (seen.state == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH && once_more(key, seen)) {
    return std::nullopt;
  }
  return seen;
}

Effects::Attempt Effects::repeat(const EffectKey& key, Executor& executor, const Permit& permit,
                                 bool may_act) {
  if (!may_act) {
    return Outcome{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
                   "it may have arrived, and what allowed it does not hold any more; look at the "
                   "receiver, then resolve"};
  }
  if (parts_.clock.now() - permit.dispatched_at >= executor.key_life(permit)) {
    return Outcome{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
                   "it may have arrived at " + to_rfc3339(permit.dispatched_at) +
                       ", too long ago for the receiver to know a repeat as one; look there, then "
                       "resolve"};
  }
  auto outcome = executor.perform(permit);
  if (outcome.state == EFFECT_STATE_COMMITTED) return outcome;
  // That the repeat did not act says nothing about the attempt before it.
  if (!outcome.refused && once_more(key, outcome)) return std::nullopt;
  return Outcome{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
                 "it may have arrived, and a repeat was not taken: " + outcome.evidence};
}

bool Effects::once_more(const EffectKey& key, const Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  auto& job = jobs_.at(key);
  if (++job.looks >= effect_attempts_max) return false;
  wait(job, Phase::waiting, parts_.clock.elapsed() + pause(job.looks, outcome));
  return true;
}

void Effects::act(const EffectKey& key, std::uint32_t attempt, bool recovered, Act how) {
  std::shared_ptr<Executor> executor;
  {
    const std::lock_guard lock(mutex_);
    const auto at = jobs_.find(key);
    if (at == jobs_.end() || at->second.phase != Phase::asked) return;
    at->second.phase = Phase::acting;
    executor = executors_.at(at->second.why.type());
  }
  // What was found dispatched is looked into again by whoever comes after this.
  auto duty = recovered ? nullptr : begins(key, attempt);
  workers_.post([this, key, attempt, recovered, executor, duty, how = std::move(how)]() mutable {
    if (duty) duty->done();
    auto outcome = guarded(key, *executor, how);
    if (outcome) return report(key, {key.id, attempt, std::move(*outcome), recovered, {}});
    parts_.wake();
  });
}

std::shared_ptr<Duty> Effects::begins(const EffectKey& key, std::uint32_t attempt) {
  return std::make_shared<Duty>([this, key, attempt] {
    Outcome outcome{EFFECT_STATE_FAILED_BEFORE_EFFECT, "ended before it was begun"};
    report(key, {key.id, attempt, std::move(outcome), true, {}});
  });
}

Effects::Attempt Effects::guarded(const EffectKey& key, Executor& executor, Act& how) {
  std::string thrown;
  try {
    return how(executor);
  } catch (const std::exception& error) {
    thrown = error.what();
  } catch (...) {
    thrown = "something that is not an exception";
  }
  parts_.report("the executor of " + name_of(key) + " threw: " + thrown);
  return Outcome{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, "the executor threw: " + thrown};
}

void Effects::report(const EffectKey& key, Report report) {
  {
    const std::lock_guard lock(mutex_);
    auto& job = jobs_.at(key);
    wait(job, Phase::reporting, never);
    report.why = job.why;
    // Kept until `Ended` is durable: the append may be refused.
    job.report = report;
  }
  parts_.wake();
  parts_.send(key.entity, std::move(report));
}

void Effects::report_later(const EffectKey& key, const Report& report) {
  {
    const std::lock_guard lock(mutex_);
    auto& job = jobs_.try_emplace(key, Job{.why = report.why}).first->second;
    if (job.phase == Phase::acting) return;
    job.report = report;
    wait(job, Phase::reporting, parts_.clock.elapsed() + backoff(1));
  }
  parts_.wake();
}

void Effects::ended(const EffectKey& key, EffectState state, std::optional<std::uint32_t> again) {
  if (state == EFFECT_STATE_COMMITTED) ++parts_.counters.committed;
  if (state == EFFECT_STATE_FAILED_BEFORE_EFFECT) ++parts_.counters.failed;
  if (state == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH) ++parts_.counters.unknown;
  if (!again) return refused(key);
  {
    const std::lock_guard lock(mutex_);
    const auto at = jobs_.find(key);
    if (at == jobs_.end() || at->second.phase == Phase::acting) return;
    wait(at->second, Phase::waiting,
         parts_.clock.elapsed() + pause(*again, at->second.report.outcome));
  }
  parts_.wake();
}

std::chrono::microseconds Effects::pause(std::uint32_t failures, const Outcome& outcome) const {
  const auto asked = std::min(outcome.retry_after, retry_after_max);
  return std::max<std::chrono::microseconds>(backoff(failures), asked);
}

std::chrono::microseconds Effects::backoff(std::uint32_t failures) const {
  return host::backoff(parts_.backoff, failures, retry_after_max);
}

}  // namespace nightshift::runtime::host
