// Places that are bounded in all, and for each who wants some.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "messages/error.hpp"

namespace nightshift::bridges::http {

/// Of `max` places, one principal has half at most: nobody shuts out the others. Thread-safe.
class Places {
 public:
  explicit Places(std::size_t max) : max_(max) {}

  /// `overloaded` where all are taken, `rate_limited` where the principal has its share.
  Result<void> take(const std::string& principal);
  /// Once for each that was taken.
  void give_back(const std::string& principal);

 private:
  const std::size_t max_;
  std::mutex mutex_;
  std::size_t taken_ = 0;
  std::unordered_map<std::string, std::size_t> by_principal_;
};

}  // namespace nightshift::bridges::http
