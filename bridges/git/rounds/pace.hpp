// When the next round is due: after an interval, soon after a change, at once for a person.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace nightshift::bridges::git {

/// Not thread-safe. Moments are those of the clock's `elapsed`.
class Pace {
 public:
  using Moment = std::chrono::microseconds;

  struct Options {
    std::chrono::microseconds interval = std::chrono::seconds(60);
    /// A change is sent once nothing has changed for so long,
    std::chrono::microseconds settle = std::chrono::seconds(2);
    /// or after so long, whatever goes on.
    std::chrono::microseconds settle_max = std::chrono::seconds(20);
  };

  explicit Pace(Options options) : options_(options) {}

  void changed(Moment now) {
    if (!first_change_) first_change_ = now;
    last_change_ = now;
  }
  void asked() { asked_ = true; }
  /// A round begins: what was known until now is its matter.
  void begun(Moment now) {
    begun_ = now;
    first_change_.reset();
    asked_ = false;
  }

  /// Never earlier than what is asked for; the first is due at once.
  Moment due() const {
    if (asked_ || !begun_) return Moment(0);
    auto due = *begun_ + options_.interval;
    if (first_change_) {
      due = std::min(
          due, std::min(last_change_ + options_.settle, *first_change_ + options_.settle_max));
    }
    return due;
  }

 private:
  const Options options_;
  std::optional<Moment> begun_;
  std::optional<Moment> first_change_;
  Moment last_change_{0};
  bool asked_ = false;
};

}  // namespace nightshift::bridges::git
