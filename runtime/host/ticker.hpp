// The thread that looks whether something is due.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "runtime/clock.hpp"

namespace nightshift::runtime::host {

/// Calls `tick` again and again. It returns when it wants to be called next; nothing means that
/// there is nothing to wait for. It is called earlier where the clock is set.
class Ticker {
 public:
  using Tick = std::function<std::optional<std::chrono::microseconds>()>;

  explicit Ticker(Clock& clock) : alarm_(clock.alarm()) {}
  ~Ticker() { stop(); }

  /// Also after `stop`.
  void start(Tick tick);
  /// `tick` does not run after this.
  void stop();
  /// Something may be due earlier than `tick` said.
  void wake() { alarm_->wake(); }

 private:
  void run();

  Tick tick_;
  const std::unique_ptr<Alarm> alarm_;
  std::atomic<bool> stopping_ = false;
  std::jthread thread_;
};

}  // namespace nightshift::runtime::host
