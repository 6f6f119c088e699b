// Answers that wait until something has happened on the node, all on one thread.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "runtime/node.hpp"

namespace nightshift::bridges::mcp {

inline constexpr std::size_t waits_max = 1024;

/// Thread-safe.
class Waits {
 public:
  /// Looks whether it has happened, and answers if so: true ends the wait. With `last` it has to
  /// answer. May read from the node; must not wait.
  using Look = std::move_only_function<bool(bool last)>;

  explicit Waits(runtime::Node& node);
  ~Waits();
  Waits(const Waits&) = delete;
  Waits& operator=(const Waits&) = delete;

  /// Looks now, and after everything that becomes durable, until `patience` is over. Where too many
  /// wait, or it has stopped, the first look is the last.
  void add(std::chrono::milliseconds patience, Look look);
  /// Every wait looks for the last time; for good.
  void stop();

 private:
  struct Wait {
    std::chrono::microseconds until;
    Look look;
  };

  void run();
  /// Returns how long there is nothing to do by itself.
  std::optional<std::chrono::microseconds> look_at_all(bool last);

  runtime::Clock& clock_;
  const std::unique_ptr<runtime::Alarm> alarm_;
  std::mutex mutex_;
  std::list<Wait> waits_;
  /// Those that are being looked at included.
  std::size_t count_ = 0;
  bool stopping_ = false;
  runtime::Node::Watch watch_;
  std::thread thread_;
};

}  // namespace nightshift::bridges::mcp
