// The thread that looks whether something is due.
#include "runtime/host/ticker.hpp"

#include <utility>

namespace nightshift::runtime::host {

void Ticker::start(Tick tick) {
  tick_ = std::move(tick);
  stopping_ = false;
  thread_ = std::jthread([this] { run(); });
}

void Ticker::stop() {
  stopping_ = true;
  alarm_->wake();
  if (thread_.joinable()) thread_.join();
}

void Ticker::run() {
  while (!stopping_) {
    alarm_->arm();
    // Looked at again behind `arm`: a wake before it is forgotten.
    if (stopping_) return;
    const auto next = tick_();
    alarm_->wait(next);
  }
}

}  // namespace nightshift::runtime::host
