// Who wants to know: the first append of a batch brings the news of the batch's last offset, the
// others bring none.
#include "runtime/host/watchers.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace nightshift::runtime::host {

std::shared_ptr<void> Watchers::add(Notify notify) {
  const std::lock_guard lock(list_->mutex);
  const auto at = list_->watchers.insert(list_->watchers.end(), std::move(notify));
  ++list_->count;
  return {nullptr, [list = list_, at](std::nullptr_t) {
            const std::lock_guard removing(list->mutex);
            list->watchers.erase(at);
            --list->count;
          }};
}

void Watchers::durable(const storage::EventLog& log, std::uint64_t offset) {
  if (list_->count == 0 || offset <= told_) return;
  const auto newest = log.head().offset;
  told_ = newest;
  if (!threaded_) return tell(newest);
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::max(newest_, newest);
    news_ = true;
  }
  changed_.notify_one();
}

void Watchers::tell(std::uint64_t newest) const {
  const std::lock_guard lock(list_->mutex);
  for (const auto& notify : list_->watchers) notify(newest);
}

void Watchers::start(std::uint64_t newest, Failed failed) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = false;
    newest_ = std::max(newest_, newest);
    news_ = true;
  }
  threaded_ = true;
  thread_ = std::jthread([this, failed = std::move(failed)] { run(failed); });
}

void Watchers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Watchers::run(const Failed& failed) {
  try {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return news_ || stopping_; });
      if (stopping_) return;
      news_ = false;
      const auto newest = newest_;
      lock.unlock();
      tell(newest);
    }
  } catch (const std::exception& error) {
    failed(error.what());
  }
}

}  // namespace nightshift::runtime::host
