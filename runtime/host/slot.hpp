// A place for what is replaced while others use it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace nightshift::runtime::host {

/// Thread-safe. Whoever reached the old one through it may finish with that: it stays until then.
template <class T>
class Slot {
 public:
  std::shared_ptr<T> get() const {
    const std::lock_guard lock(mutex_);
    return held_;
  }
  std::shared_ptr<T> operator->() const { return get(); }
  /// Returns what was there.
  std::shared_ptr<T> put(std::shared_ptr<T> next) {
    const std::lock_guard lock(mutex_);
    return std::exchange(held_, std::move(next));
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<T> held_;
};

}  // namespace nightshift::runtime::host
