// What a thread waits for: sockets, a moment, and a bell that other threads ring.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <chrono>
#include <span>

#include "bridges/http/socket.hpp"

namespace nightshift::bridges::http {

using SteadyTime = std::chrono::steady_clock::time_point;
inline constexpr SteadyTime never = SteadyTime::max();

/// Thread-safe. Outlives the thread that it wakes, where those who ring share it.
class Bell {
 public:
  Bell();
  void ring();

 private:
  friend class Poller;
  void quiet();

  Socket descriptor_;
  std::atomic<bool> rung_ = false;
};

/// epoll. Used by one thread, but for the bell.
class Poller {
 public:
  explicit Poller(Bell& bell);

  /// Tells of changes only: whoever is told reads and writes until nothing more is taken. False
  /// where the system watches no more.
  bool watch_changes(const Socket& socket, void* who);
  /// Tells as long as there is something to be read.
  bool watch_readable(const Socket& socket, void* who);
  void forget(const Socket& socket);

  /// What happened, `data.ptr` being who; empty after `until`, and possibly when the bell rang.
  /// What was left before the bell rang is there for who looks after this returned.
  std::span<const epoll_event> wait(SteadyTime until);

 private:
  bool watch(const Socket& socket, void* who, std::uint32_t events);

  Bell& bell_;
  Socket epoll_;
  std::array<epoll_event, 128> events_;
};

}  // namespace nightshift::bridges::http
