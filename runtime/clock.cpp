// The system's clock.
#include "runtime/clock.hpp"

namespace nightshift::runtime {

Time SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::microseconds SystemClock::elapsed() const {
  return std::chrono::floor<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace nightshift::runtime
