// The node's process: signals, limits, systemd, and starting anew after the journal has stopped.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "messages/error.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// No image of this process's memory reaches a disk, and no other process of the same user reads
/// its memory or its environment (prctl(2), PR_SET_DUMPABLE): it holds secrets. With
/// `NIGHTSHIFT_CORE_DUMPS=1` both are as usual, for debugging.
void keep_memory_private(const runtime::Environment& environment);

/// Files of ours are for their owner alone; a peer that goes away, a file that may not grow and a
/// terminal that closes do not end the process. It may have as many descriptors as the system
/// permits.
void harden_process();

/// Why the node shall end.
enum class Stop {
  /// For good.
  asked,
  /// To begin anew: the journal has stopped, or supervision gave up.
  failed,
  /// The same, as somebody wants it.
  killed,
  /// The same, without waiting for a thread that does not return.
  stuck,
};

/// Takes SIGTERM, SIGINT and SIGUSR2 from now on: make it before the first thread, of which none
/// may handle them.
class StopSignal {
 public:
  StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal();

  /// The process must begin anew; the first reason counts. Thread-safe, never blocks.
  void fail(Stop why);
  Stop wait();
  /// Once it was asked for by SIGUSR2: processes go on, and wait for the next node.
  bool keeps_children() const { return keeps_children_; }

 private:
  int signals_ = -1;
  int failures_ = -1;
  bool keeps_children_ = false;
  std::atomic<Stop> why_ = Stop::asked;
};

/// Bounds what may never return: unless this is destroyed within `bound`, `over` is called, on a
/// thread of its own.
class Bound {
 public:
  Bound(std::chrono::milliseconds bound, std::function<void()> over);
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;
  ~Bound();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool returned_ = false;
  std::thread thread_;
};

/// Tells systemd (sd_notify(3)) where `NOTIFY_SOCKET` asks for it: `READY=1`, `STOPPING=1`.
void notify_service(const runtime::Environment& environment, const std::string& state);

/// How often this node may start anew within a minute.
inline constexpr std::size_t restarts_max = 5;
inline constexpr int restarts_exhausted_exit = 75;

/// Starts of this program in place of itself, as its environment has them.
class Restarts {
 public:
  explicit Restarts(const runtime::Environment& environment);

  /// True in a process that took over from one whose journal had stopped: it has said its ready
  /// line already.
  bool taken_over() const { return taken_over_; }
  /// Replaces the process by a new one with these arguments, whatever its threads do. Returns only
  /// where that is not to be: `restarts_max` within the last minute, not counting those that
  /// somebody wanted, or the system refused.
  Error again(const std::vector<std::string>& arguments, Stop why);

 private:
  /// Seconds on the clock that counts since the system started.
  std::vector<long> times_s_;
  bool taken_over_ = false;
};

}  // namespace nightshift::tools
