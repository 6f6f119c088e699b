// Threads for what may block.
#include "runtime/host/workers.hpp"

#include <utility>

namespace nightshift::runtime::host {

Workers::Workers(std::size_t threads) : threads_count_(threads), inline_(threads == 0) { resume(); }

void Workers::pause() {
  {
    const std::lock_guard lock(mutex_);
    paused_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

void Workers::resume() {
  {
    const std::lock_guard lock(mutex_);
    paused_ = false;
  }
  while (threads_.size() < threads_count_) threads_.emplace_back([this] { run(); });
}

std::size_t Workers::queued() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void Workers::stop() {
  std::deque<Job> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
  }
  wake_.notify_all();
  threads_.clear();
}

void Workers::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (!inline_) jobs_.push_back(std::move(job));
  }
  if (inline_) return job();
  wake_.notify_one();
}

void Workers::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || paused_ || !jobs_.empty(); });
    if (stopping_ || paused_) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
  }
}

}  // namespace nightshift::runtime::host
