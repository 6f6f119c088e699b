// Who wants to know that records became durable.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// Thread-safe.
class Watchers {
 public:
  using Notify = std::function<void(std::uint64_t)>;

  /// Removed when the returned handle goes; `notify` does not run after that.
  std::shared_ptr<void> add(Notify notify);
  /// Called for every append that became durable; calls the watchers once per batch of the log.
  void durable(const storage::EventLog& log, std::uint64_t offset);

 private:
  struct List {
    std::mutex mutex;
    std::list<Notify> watchers;
    std::atomic<std::size_t> count = 0;
  };

  /// Outlives the node if a handle does.
  std::shared_ptr<List> list_ = std::make_shared<List>();
  std::atomic<std::uint64_t> told_ = 0;
};

}  // namespace nightshift::runtime::host
