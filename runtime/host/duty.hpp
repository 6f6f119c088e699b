// Something that must not be dropped in silence.
#pragma once

#include <functional>
#include <utility>

namespace nightshift::runtime::host {

/// Travels with a mail or a job, and calls back if that goes before it is `done`: because the actor
/// that should have read it was ended, or the thread that should have run it was stopped.
class Duty {
 public:
  explicit Duty(std::function<void()> dropped) : dropped_(std::move(dropped)) {}
  Duty(const Duty&) = delete;
  Duty& operator=(const Duty&) = delete;
  ~Duty() {
    if (dropped_) dropped_();
  }
  void done() { dropped_ = nullptr; }

 private:
  std::function<void()> dropped_;
};

}  // namespace nightshift::runtime::host
