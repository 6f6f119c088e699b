// Threads for what may block.
#include "runtime/host/workers.hpp"

#include <utility>

namespace nightshift::runtime::host {

Workers::Workers(std::size_t threads) : inline_(threads == 0) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
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
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
  }
}

}  // namespace nightshift::runtime::host
