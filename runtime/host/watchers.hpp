// Who wants to know that records became durable.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// Thread-safe.
class Watchers {
 public:
  using Notify = std::function<void(std::uint64_t)>;
  using Failed = std::function<void(std::string)>;

  ~Watchers() { stop(); }

  /// Removed when the returned handle goes; `notify` does not run after that.
  std::shared_ptr<void> add(Notify notify);
  /// Called for every append that became durable; the watchers are called once per batch of the
  /// log, or more rarely.
  void durable(const storage::EventLog& log, std::uint64_t offset);

  /// Calls the watchers on a thread of its own from now on, for the first time at once. What a
  /// watcher throws stops that, and is told.
  void start(std::uint64_t newest, Failed failed);
  void stop();

 private:
  struct List {
    std::mutex mutex;
    std::list<Notify> watchers;
    std::atomic<std::size_t> count = 0;
  };

  void tell(std::uint64_t newest) const;
  void run(const Failed& failed);

  /// Outlives the node if a handle does.
  std::shared_ptr<List> list_ = std::make_shared<List>();
  std::atomic<std::uint64_t> told_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t newest_ = 0;
  bool news_ = false;
  bool stopping_ = false;
  /// False where there are no threads: then watchers are called by whoever brings the news.
  std::atomic<bool> threaded_ = false;
  std::jthread thread_;
};

}  // namespace nightshift::runtime::host
