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
};

/// The system's clock; made in the composition root.
class SystemClock : public Clock {
 public:
  Time now() const override;
};

/// Moved by hand, for tests and simulation.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Time start) : now_us_(to_us(start)) {}
  Time now() const override { return time_from_us(now_us_.load()); }
  void set(Time time) { now_us_.store(to_us(time)); }
  void advance(std::chrono::microseconds by) { now_us_.fetch_add(by.count()); }

 private:
  std::atomic<std::int64_t> now_us_;
};

}  // namespace nightshift::runtime
