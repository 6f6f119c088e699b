// Threads for what may block: executors, and reading more than a row.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace nightshift::runtime::host {

/// Thread-safe. Whoever posts bounds what is queued.
class Workers {
 public:
  using Job = std::move_only_function<void()>;

  /// Without threads a job runs inside `post`: for deterministic simulation.
  explicit Workers(std::size_t threads);
  ~Workers() { stop(); }

  void post(Job job);
  /// Finishes running jobs and keeps queued ones, and those that come later, until `resume`.
  void pause();
  void resume();
  std::size_t queued() const;
  /// Finishes running jobs, drops queued ones and those that come later.
  void stop();

 private:
  void run();

  const std::size_t threads_count_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool paused_ = false;
  bool stopping_ = false;
  const bool inline_;
  std::vector<std::jthread> threads_;
};

}  // namespace nightshift::runtime::host
