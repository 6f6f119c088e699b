// How fast one principal may ask: a token bucket each.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace nightshift::bridges::http {

/// Thread-safe. Holds as many buckets as there are principals, who are known.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// In the long run so many requests in a second, and at once twice as many; 0 means any number.
  explicit Pace(std::uint32_t requests_per_s) : requests_per_s_(requests_per_s) {}

  /// Counts a request. False if it is one too many: then it is not counted.
  bool take(std::string_view principal, Time now);

 private:
  struct Bucket {
    double tokens = 0;
    Time filled_at;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  const double requests_per_s_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket, Hash, std::equal_to<>> buckets_;
};

}  // namespace nightshift::bridges::http
