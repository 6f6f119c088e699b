// Answers that wait until something has happened on the node, all on one thread.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "runtime/node.hpp"

namespace nightshift::bridges::mcp {

inline constexpr std::size_t waits_max = 1024;
/// Of one principal: no agent can make the others wait in vain.
inline constexpr std::size_t waits_per_caller_max = 128;

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
  /// wait, of all or of `who`, or it has stopped, the first look is the last.
  void add(const std::string& who, std::chrono::milliseconds patience, Look look);
  /// What takes a while, and waits for nobody: on the thread of all waits. False where too many of
  /// `who` wait already: then it is not done.
  bool soon(const std::string& who, std::move_only_function<void()> deed);
  /// Every wait looks for the last time, and has when this returns; for good. Whoever shares this
  /// ends it so before the last of them lets go.
  void stop();

 private:
  struct Wait {
    std::string who;
    std::chrono::microseconds until;
    Look look;
  };

  bool is_full(const std::string& who) const;
  void forget(const std::list<Wait>& waits);
  void run();
  /// Returns how long there is nothing to do by itself.
  std::optional<std::chrono::microseconds> look_at_all(bool last);

  runtime::Clock& clock_;
  const std::unique_ptr<runtime::Alarm> alarm_;
  std::mutex mutex_;
  std::list<Wait> waits_;
  /// Those that are being looked at included.
  std::size_t count_ = 0;
  std::map<std::string, std::size_t, std::less<>> counts_;
  bool stopping_ = false;
  runtime::Node::Watch watch_;
  std::thread thread_;
};

}  // namespace nightshift::bridges::mcp
