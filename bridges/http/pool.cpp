// A pool that grows on demand and shrinks when idle.
#include "bridges/http/pool.hpp"

#include <chrono>
#include <system_error>

namespace nightshift::bridges::http {
namespace {

constexpr std::chrono::seconds idle_max{30};

}  // namespace

Pool::~Pool() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  queued_.notify_all();
  all_ended_.wait(lock, [&] { return threads_.empty(); });
  join_ended();
}

/// A thread in `ended_` has released the lock for the last time: joining it under the lock is safe.
void Pool::join_ended() {
  for (std::thread& thread : ended_) thread.join();
  ended_.clear();
}

bool Pool::add_thread() {
  if (threads_.size() == threads_max_) return false;
  try {
    std::thread thread([this] { work(); });
    const std::thread::id id = thread.get_id();
    threads_.emplace(id, std::move(thread));
  } catch (const std::system_error&) {
    return false;  // the system has no more threads: as if the bound were lower
  }
  ++starting_;
  return true;
}

bool Pool::submit(Task& task) {
  const std::scoped_lock lock(mutex_);
  join_ended();
  const bool served = idle_ + starting_ > queue_.size() || add_thread();
  if (!served && (threads_.empty() || queue_.size() >= waiting_max_)) return false;
  queue_.push_back(std::move(task));
  queued_.notify_one();
  return true;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  --starting_;
  for (;;) {
    ++idle_;
    const bool woken =
        queued_.wait_for(lock, idle_max, [&] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty() && (stopping_ || !woken)) break;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
  const auto me = threads_.find(std::this_thread::get_id());
  ended_.push_back(std::move(me->second));
  threads_.erase(me);
  all_ended_.notify_all();
}

}  // namespace nightshift::bridges::http
