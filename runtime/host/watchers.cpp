// Who wants to know: the first append of a batch tells the batch's last offset, the others are told
// already.
#include "runtime/host/watchers.hpp"

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
  const std::lock_guard lock(list_->mutex);
  for (const auto& notify : list_->watchers) notify(newest);
}

}  // namespace nightshift::runtime::host
