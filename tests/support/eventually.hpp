// Waiting for what another thread does.
#pragma once

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string_view>

namespace nightshift::tests {

/// Waits until `condition` holds; fails the test after a minute.
inline void eventually(const std::function<bool()>& condition, std::string_view what) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      BOOST_FAIL("waited in vain until " << what);
    }
    never.wait_for(lock, std::chrono::milliseconds(1));
  }
}

}  // namespace nightshift::tests
