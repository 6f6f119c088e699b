// The clock seam: the only place where time enters.
#pragma once

#include <atomic>

#include "messages/time.hpp"

namespace nightshift::runtime {

/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  /// Time since some fixed moment; never jumps, never goes back. Durations are measured by it.
  virtual std::chrono::microseconds elapsed() const = 0;
};

/// The system's clock; made in the composition root.
class SystemClock : public Clock {
 public:
  Time now() const override;
  std::chrono::microseconds elapsed() const override;
};

/// Moved by hand, for tests and simulation.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Time start) : now_us_(to_us(start)) {}
  Time now() const override { return time_from_us(now_us_.load()); }
  std::chrono::microseconds elapsed() const override {
    return std::chrono::microseconds(elapsed_us_.load());
  }
  /// The clock is set, as by an administrator: no time passes.
  void set(Time time) { now_us_.store(to_us(time)); }
  /// Time passes.
  void advance(std::chrono::microseconds by) {
    now_us_.fetch_add(by.count());
    elapsed_us_.fetch_add(by.count());
  }

 private:
  std::atomic<std::int64_t> now_us_;
  std::atomic<std::int64_t> elapsed_us_ = 0;
};

}  // namespace nightshift::runtime
