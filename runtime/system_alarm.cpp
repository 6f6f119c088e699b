// Waiting for the system's clock: one timer that also counts while the machine sleeps, and one that
// never rings but tells when the clock is set (timerfd_create(2)).
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <limits>

#include "runtime/clock.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::runtime {
namespace {

using std::chrono::microseconds;

/// Where the kernel does not tell that the clock was set, one has to look.
constexpr microseconds patience{250'000};

Descriptor opened(int number) {
  assert(number >= 0);
  return Descriptor(number);
}

/// Takes what may have come; there may be nothing.
void drain(const Descriptor& descriptor) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(descriptor.get(), &count, sizeof count);
}

class SystemAlarm final : public Alarm {
 public:
  void arm() override {
    drain(woken_);
    // A clock that was set before is told by an error, once.
    drain(set_);
    itimerspec never{};
    never.it_value.tv_sec = std::numeric_limits<std::time_t>::max();
    told_ = ::timerfd_settime(set_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
                              nullptr) == 0;
  }

  void wait(std::optional<microseconds> longest) override {
    if (!told_) longest = std::min(longest.value_or(patience), patience);
    if (longest && *longest <= microseconds(0)) return;
    ring_after(longest.value_or(microseconds(0)));
    pollfd watched[]{{ring_.get(), POLLIN, 0}, {set_.get(), POLLIN, 0}, {woken_.get(), POLLIN, 0}};
    // Interrupted by a signal counts as no reason.
    ::poll(watched, std::size(watched), -1);
  }

  void wake() override {
    const std::uint64_t one = 1;
    // It can only fail when the counter is full: then the news is there already.
    [[maybe_unused]] const auto written = ::write(woken_.get(), &one, sizeof one);
  }

 private:
  /// Zero: not at all.
  void ring_after(microseconds time) {
    itimerspec once{};
    once.it_value.tv_sec = time.count() / 1'000'000;
    once.it_value.tv_nsec = time.count() % 1'000'000 * 1'000;
    [[maybe_unused]] const int done = ::timerfd_settime(ring_.get(), 0, &once, nullptr);
    assert(done == 0);
  }

  const Descriptor ring_ = opened(::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  const Descriptor set_ = opened(::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC));
  const Descriptor woken_ = opened(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  bool told_ = false;
};

}  // namespace

std::unique_ptr<Alarm> SystemClock::alarm() { return std::make_unique<SystemAlarm>(); }

}  // namespace nightshift::runtime
