// Threads for what may take time: as many as are needed, up to a bound, and none for long without
// work.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace nightshift::bridges::http {

/// Thread-safe.
class Pool {
 public:
  using Task = std::move_only_function<void()>;

  Pool(std::size_t threads_max, std::size_t waiting_max)
      : threads_max_(threads_max), waiting_max_(waiting_max) {}
  /// Waits for every task, those that wait included.
  ~Pool();

  /// Runs the task on an idle or a new thread, or keeps it until one is free. False if too many
  /// wait: the task is left with the caller.
  bool submit(Task& task);

 private:
  void work();
  bool add_thread();
  void join_ended();

  const std::size_t threads_max_;
  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable queued_;
  std::condition_variable all_ended_;
  std::deque<Task> queue_;
  std::unordered_map<std::thread::id, std::thread> threads_;
  std::vector<std::thread> ended_;
  std::size_t starting_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace nightshift::bridges::http
