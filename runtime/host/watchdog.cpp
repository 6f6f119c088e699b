// The watchdog's thread.
#include "runtime/host/watchdog.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>

#include "runtime/host/turns.hpp"

namespace nightshift::runtime::host {
namespace {

using std::chrono::milliseconds;

std::string seconds_text(milliseconds time) {
  std::ostringstream text;
  text << static_cast<double>(time.count()) / 1000 << " s";
  return text.str();
}

void condemn(Core& core, const LongTurn& turn) {
  const auto cause = turn.what + " used more than " + seconds_text(core.options.step_cpu_max) +
                     " of processor time and did not return";
  core.quarantine.put(turn.entity, cause);
  const auto error = quarantined_error(turn.entity, cause);
  core.report(to_string(turn.entity) + " is quarantined and the process begins anew: " + cause);
  core.end_process(ProcessEnd::stuck, error);
}

class Watchdog final : public supervision::Component {
 public:
  explicit Watchdog(Core& core) : core_(core), thread_([this] { run(); }) {}
  ~Watchdog() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

 private:
  void run() {
    const auto bound = core_.options.step_cpu_max;
    const auto pause = std::clamp(bound / 8, milliseconds(5), milliseconds(1000));
    TurnWatch watch(bound);
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, pause, [this] { return stopping_; })) {
      if (const auto turn = watch.look()) return condemn(core_, *turn);
    }
  }

  Core& core_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  /// Last: it uses the rest.
  std::thread thread_;
};

}  // namespace

supervision::Part watchdog(Core& core) {
  return {
      .name = "watchdog", .start = [&core](const supervision::Failed&) {
        return Result<std::unique_ptr<supervision::Component>>(std::make_unique<Watchdog>(core));
      }};
}

}  // namespace nightshift::runtime::host
