// Whose turn it is on a connection: the loop's that reads it, or that of who answers.
#pragma once

#include <atomic>
#include <cassert>
#include <cstdint>

namespace nightshift::bridges::http {

/// One word. While a request is being answered, the loop touches nothing of the connection; of
/// those who would answer it, the host and the loop when it has waited long enough, one does.
class Turn {
 public:
  /// The loop may read and write.
  bool home() const { return word_.load(std::memory_order_acquire) == 0; }

  /// The loop gives it away for the answer to one request. `look_again`: there is more to do
  /// already once it is answered. Returns the request's number.
  std::uint64_t give(bool look_again) {
    assert(word_.load() == 0);
    ++number_;
    word_.store(number_ << 2 | (look_again ? again : 0), std::memory_order_release);
    return number_;
  }

  /// The loop saw something happen. False if it may act on it; else whoever has the turn is told by
  /// `release` that the loop has to look.
  bool note() {
    std::uint64_t word = word_.load(std::memory_order_acquire);
    while (word != 0) {
      if (word_.compare_exchange_weak(word, word | again, std::memory_order_acq_rel)) return true;
    }
    return false;
  }

  /// Whoever gets true answers the request, the others leave it alone. Any thread.
  bool claim(std::uint64_t number) {
    std::uint64_t word = word_.load(std::memory_order_acquire);
    while (word >> 2 == number && (word & claimed) == 0) {
      if (word_.compare_exchange_weak(word, word | claimed, std::memory_order_acq_rel)) return true;
    }
    return false;
  }

  /// After `claim`: gives the turn back. True if the loop has to look.
  bool release() { return (word_.exchange(0, std::memory_order_acq_rel) & again) != 0; }

 private:
  static constexpr std::uint64_t again = 1;
  static constexpr std::uint64_t claimed = 2;

  std::atomic<std::uint64_t> word_ = 0;
  /// The loop's.
  std::uint64_t number_ = 0;
};

}  // namespace nightshift::bridges::http
