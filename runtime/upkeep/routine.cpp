// The thread, and how it ends.
#include "runtime/upkeep/routine.hpp"

#include <cassert>

namespace nightshift::runtime::upkeep {

Routine::Routine(Clock& clock, Turn turn) : turn_(std::move(turn)), alarm_(clock.alarm()) {}

Routine::~Routine() { stop(); }

void Routine::start() {
  const std::lock_guard lock(mutex_);
  assert(!thread_.joinable());
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
}

void Routine::stop() {
  stopping_ = true;
  alarm_->wake();
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) thread_.join();
}

void Routine::wake() { alarm_->wake(); }

void Routine::run() {
  while (!stopping_) {
    alarm_->arm();
    if (stopping_) return;
    alarm_->wait(turn_());
  }
}

}  // namespace nightshift::runtime::upkeep
