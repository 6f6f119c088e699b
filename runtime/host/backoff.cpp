// How long to wait before something is tried again.
#include "runtime/host/backoff.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "runtime/host/entropy.hpp"

namespace nightshift::runtime::host {

std::chrono::microseconds backoff(std::chrono::microseconds base, std::uint32_t failures,
                                  std::chrono::microseconds longest) {
  std::array<char, 4> random;
  fill_random(random);
  std::uint32_t dice = 0;
  std::memcpy(&dice, random.data(), sizeof(dice));
  const double jitter = 0.5 + dice / (std::numeric_limits<std::uint32_t>::max() + 1.0);
  const auto doublings = std::clamp<std::uint32_t>(failures, 1, 17) - 1;
  const auto plain = std::min(std::chrono::microseconds(base.count() << doublings), longest);
  return std::chrono::microseconds(
      static_cast<std::int64_t>(static_cast<double>(plain.count()) * jitter));
}

}  // namespace nightshift::runtime::host
