// Memory that strangers can make a node use: counted over all connections, and bounded.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace nightshift::bridges::http {

/// Thread-safe.
class Budget {
 public:
  explicit Budget(std::size_t bytes_max) : free_(static_cast<std::int64_t>(bytes_max)) {}

  bool take(std::size_t bytes) {
    const auto wanted = static_cast<std::int64_t>(bytes);
    if (free_.fetch_sub(wanted) >= wanted) return true;
    free_.fetch_add(wanted);
    return false;
  }
  void give_back(std::size_t bytes) { free_.fetch_add(static_cast<std::int64_t>(bytes)); }

 private:
  std::atomic<std::int64_t> free_;
};

/// What one connection has of it; given back when it goes. Empty ones may outlive the budget.
class Charge {
 public:
  explicit Charge(Budget& budget) : budget_(budget) {}
  ~Charge() { resize(0); }
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;

  /// False, and nothing changes, where there is not so much.
  bool resize(std::size_t bytes) {
    if (bytes > bytes_ && !budget_.take(bytes - bytes_)) return false;
    if (bytes < bytes_) budget_.give_back(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }

 private:
  Budget& budget_;
  std::size_t bytes_ = 0;
};

}  // namespace nightshift::bridges::http
