// The system's clocks, and the one that is moved by hand.
#include "runtime/clock.hpp"

#include <pthread.h>

#include <ctime>

namespace nightshift::runtime {

Time SystemClock::now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::microseconds SystemClock::elapsed() const {
  return std::chrono::floor<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

class ManualClock::Waiter final : public Alarm {
 public:
  explicit Waiter(ManualClock& clock) : clock_(clock) {}

  void arm() override {
    const std::lock_guard lock(clock_.mutex_);
    armed_at_ = clock_.moves_;
    woken_ = false;
  }

  void wait(std::optional<std::chrono::microseconds> longest) override {
    if (longest && *longest <= std::chrono::microseconds(0)) return;
    std::unique_lock lock(clock_.mutex_);
    clock_.changed_.wait(lock, [this] { return woken_ || clock_.moves_ != armed_at_; });
  }

  void wake() override {
    {
      const std::lock_guard lock(clock_.mutex_);
      woken_ = true;
    }
    clock_.changed_.notify_all();
  }

 private:
  ManualClock& clock_;
  std::uint64_t armed_at_ = 0;
  bool woken_ = false;
};

std::unique_ptr<Alarm> ManualClock::alarm() { return std::make_unique<Waiter>(*this); }

void ManualClock::set(Time time) {
  now_us_.store(to_us(time));
  moved();
}

void ManualClock::advance(std::chrono::microseconds by) {
  now_us_.fetch_add(by.count());
  elapsed_us_.fetch_add(by.count());
  moved();
}

void ManualClock::moved() {
  {
    const std::lock_guard lock(mutex_);
    ++moves_;
  }
  changed_.notify_all();
}

ThreadClock::ThreadClock() {
  static_assert(std::is_same_v<clockid_t, int>);
  if (::pthread_getcpuclockid(::pthread_self(), &id_) != 0) id_ = -1;
}

std::chrono::microseconds ThreadClock::used() const {
  timespec time{};
  if (::clock_gettime(id_, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::duration_cast<std::chrono::microseconds>(
                                                 std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace nightshift::runtime
