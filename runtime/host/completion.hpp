// What follows the log's answers, in their order, while it may be stopped and begun anew.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace nightshift::runtime::host {

/// Thread-safe. While it is open, jobs run where they are passed: on the log's thread. While it is
/// closed they are parked, and run when it opens: no answer is lost, and none overtakes another.
class Completion {
 public:
  using Job = std::move_only_function<void()>;
  using Failed = std::function<void(std::string)>;

  /// One after the other. A job that throws closes it, and `failed` hears why.
  template <class Task>
  void pass(Task task) {
    if (!enter()) {
      park(std::move(task));
      // It may have been closed, emptied and opened in between.
      return drain();
    }
    guarded(task);
    if (leave()) drain();
  }

  /// Runs what was parked, then lets pass.
  void open(Failed failed);
  /// Waits for the job that runs.
  void close();
  /// Forgets what is parked.
  void drop();
  std::size_t parked() const;

 private:
  bool enter();
  /// True if something was parked meanwhile.
  bool leave();
  void park(Job job);
  void drain();
  template <class Task>
  void guarded(Task& task);
  void fail(std::string why);

  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<Job> parked_;
  Failed failed_;
  bool open_ = false;
  bool running_ = false;
};

template <class Task>
void Completion::guarded(Task& task) {
  try {
    task();
  } catch (const std::exception& error) {
    fail(error.what());
  } catch (...) {
    fail("something that is not an exception");
  }
}

}  // namespace nightshift::runtime::host
