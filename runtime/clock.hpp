// The clock seam: the only place where time enters.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "messages/time.hpp"

namespace nightshift::runtime {

/// Waits on behalf of one thread. `wake` may be called by any.
class Alarm {
 public:
  virtual ~Alarm() = default;
  /// From here on a wake or a clock that is set ends the next `wait`, also if it comes before it.
  virtual void arm() = 0;
  /// Returns after `longest` at the latest (nothing: no limit), time in which the machine slept
  /// included; earlier if it is woken or the clock is set. May return for no reason.
  virtual void wait(std::optional<std::chrono::microseconds> longest) = 0;
  virtual void wake() = 0;
};

/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  /// Time since some fixed moment; never jumps, never goes back. Durations are measured by it.
  virtual std::chrono::microseconds elapsed() const = 0;
  /// The clock must outlive it.
  virtual std::unique_ptr<Alarm> alarm() = 0;
};

/// The system's clock; made in the composition root.
class SystemClock : public Clock {
 public:
  Time now() const override;
  std::chrono::microseconds elapsed() const override;
  std::unique_ptr<Alarm> alarm() override;
};

/// The processor time that one thread uses: it stands still while the thread does not run, the
/// machine sleeps or the process is stopped.
class ThreadClock {
 public:
  /// Of the thread that makes it.
  ThreadClock();
  /// From any thread, while that one lives; zero afterwards.
  std::chrono::microseconds used() const;

 private:
  int id_ = 0;
};

/// Moved by hand, for tests and simulation. Whoever waits for it waits until it is moved.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Time start) : now_us_(to_us(start)) {}
  Time now() const override { return time_from_us(now_us_.load()); }
  std::chrono::microseconds elapsed() const override {
    return std::chrono::microseconds(elapsed_us_.load());
  }
  std::unique_ptr<Alarm> alarm() override;
  /// The clock is set, as by an administrator: no time passes.
  void set(Time time);
  /// Time passes.
  void advance(std::chrono::microseconds by);

 private:
  class Waiter;

  void moved();

  std::atomic<std::int64_t> now_us_;
  std::atomic<std::int64_t> elapsed_us_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t moves_ = 0;
};

}  // namespace nightshift::runtime
