// A thread that does what is due, and waits for the next time or a wish.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "runtime/clock.hpp"

namespace nightshift::runtime::upkeep {

/// It may be stopped and started anew. Thread-safe.
class Routine {
 public:
  /// Does what is due, and says for how long nothing is then; nothing: until it is woken. Called on
  /// the thread alone.
  using Turn = std::function<std::optional<std::chrono::microseconds>()>;

  /// `clock` must outlive it.
  Routine(Clock& clock, Turn turn);
  ~Routine();
  Routine(const Routine&) = delete;
  Routine& operator=(const Routine&) = delete;

  /// Once the thread before has stopped.
  void start();
  /// Waits for the turn that is under way; `stopping` tells it to be brief.
  void stop();
  bool stopping() const { return stopping_; }
  /// A turn at once, or once more after the one that is under way.
  void wake();

 private:
  void run();

  const Turn turn_;
  const std::unique_ptr<Alarm> alarm_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::thread thread_;
};

}  // namespace nightshift::runtime::upkeep
