// How often something may be restarted before it is given up.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace nightshift::runtime::supervision {

/// More than `restarts_max` within `period` is too often.
struct Intensity {
  std::size_t restarts_max = 1;
  std::chrono::microseconds period = std::chrono::seconds(5);
};

/// The restarts that still count. Times come from a clock that never goes back.
class RestartWindow {
 public:
  explicit RestartWindow(Intensity intensity) : intensity_(intensity) {}

  /// Counts one more; false if that is too often. A restart exactly `period` ago still counts.
  bool allows(std::chrono::microseconds now) {
    times_.push_back(now);
    while (times_.front() + intensity_.period < now) times_.pop_front();
    return times_.size() <= intensity_.restarts_max;
  }
  std::size_t counted() const { return times_.size(); }

 private:
  Intensity intensity_;
  std::deque<std::chrono::microseconds> times_;
};

}  // namespace nightshift::runtime::supervision
