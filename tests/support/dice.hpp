// Random numbers that are the same everywhere for the same seed.
#pragma once

#include <cstdint>
#include <vector>

namespace nightshift::tests {

/// SplitMix64.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t roll() {
    state_ += 0x9E3779B97F4A7C15;
    auto z = state_;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }
  /// 0 to `sides - 1`.
  std::uint64_t roll(std::uint64_t sides) { return roll() % sides; }
  bool chance(std::uint64_t percent) { return roll(100) < percent; }
  template <class T>
  T pick(const std::vector<T>& from) {
    return from[roll(from.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace nightshift::tests
