// The thread that looks whether something is due.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace nightshift::runtime::host {

/// Calls `tick` again and again. It returns when it wants to be called next; nothing means that
/// there is nothing to wait for. Clocks can be set and laptops sleep, so it is called at least
/// every `patience`.
class Ticker {
 public:
  using Tick = std::function<std::optional<std::chrono::microseconds>()>;

  ~Ticker() { stop(); }

  void start(Tick tick, std::chrono::milliseconds patience = std::chrono::milliseconds(250));
  /// `tick` does not run after this.
  void stop();
  /// Something may be due earlier than `tick` said.
  void wake();

 private:
  void run();

  Tick tick_;
  std::chrono::milliseconds patience_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  std::jthread thread_;
};

}  // namespace nightshift::runtime::host
