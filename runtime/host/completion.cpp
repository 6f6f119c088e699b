// What follows the log's answers.
#include "runtime/host/completion.hpp"

namespace nightshift::runtime::host {

bool Completion::enter() {
  const std::lock_guard lock(mutex_);
  if (!open_ || running_ || !parked_.empty()) return false;
  return running_ = true;
}

bool Completion::leave() {
  const std::lock_guard lock(mutex_);
  running_ = false;
  if (!open_) idle_.notify_all();
  return !parked_.empty();
}

void Completion::park(Job job) {
  const std::lock_guard lock(mutex_);
  parked_.push_back(std::move(job));
}

void Completion::open(Failed failed) {
  {
    const std::lock_guard lock(mutex_);
    failed_ = std::move(failed);
    open_ = true;
  }
  drain();
}

void Completion::drain() {
  std::unique_lock lock(mutex_);
  if (running_) return;
  running_ = true;
  while (open_ && !parked_.empty()) {
    auto job = std::move(parked_.front());
    parked_.pop_front();
    lock.unlock();
    guarded(job);
    job = nullptr;
    lock.lock();
  }
  running_ = false;
  idle_.notify_all();
}

void Completion::close() {
  std::unique_lock lock(mutex_);
  open_ = false;
  idle_.wait(lock, [this] { return !running_; });
  failed_ = nullptr;
}

void Completion::drop() {
  std::deque<Job> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(parked_);
}

std::size_t Completion::parked() const {
  const std::lock_guard lock(mutex_);
  return parked_.size();
}

void Completion::fail(std::string why) {
  Failed failed;
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
    failed = failed_;
  }
  if (failed) failed(std::move(why));
}

}  // namespace nightshift::runtime::host
