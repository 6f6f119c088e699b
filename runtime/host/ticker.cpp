// The thread that looks whether something is due.
#include "runtime/host/ticker.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime::host {

void Ticker::start(Tick tick, std::chrono::milliseconds patience) {
  tick_ = std::move(tick);
  patience_ = patience;
  thread_ = std::jthread([this] { run(); });
}

void Ticker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Ticker::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Ticker::run() {
  for (;;) {
    const auto next = tick_();
    std::unique_lock lock(mutex_);
    const auto changed = [this] { return woken_ || stopping_; };
    if (next) {
      const auto longest = std::chrono::duration_cast<std::chrono::microseconds>(patience_);
      changed_.wait_for(lock, std::clamp(*next, std::chrono::microseconds(0), longest), changed);
    } else {
      changed_.wait(lock, changed);
    }
    if (stopping_) return;
    woken_ = false;
  }
}

}  // namespace nightshift::runtime::host
