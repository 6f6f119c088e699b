// Streams of events (SSE): wakes subscribers when records became durable, and serves one.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "bridges/http/connection.hpp"
#include "bridges/http/exchange.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::http {

/// A subscriber is a cursor and a file descriptor to wake it: what it has not taken yet is in the
/// journal, not in memory. Thread-safe.
class Feed {
 public:
  Feed(runtime::Node& node, std::size_t followers_max, std::chrono::milliseconds heartbeat);

  /// Held while somebody follows; null where as many do as may.
  using Place = std::shared_ptr<void>;
  Place take_place();
  /// Writes frames until the peer leaves or is too slow, the connection is hung up on, or the
  /// node's authority changes: then the subscriber must show its token again.
  void follow(Connection& connection, Follow cursor);

 private:
  class Seat;

  /// The records behind the cursor, which moves on; the text of their frames.
  Result<std::string> next_frames(Follow& cursor) const;
  void notify();

  runtime::Node& node_;
  const std::size_t followers_max_;
  const std::chrono::milliseconds heartbeat_;
  std::mutex mutex_;
  std::vector<Seat*> seats_;
  std::atomic<std::size_t> followers_ = 0;
  /// Last: it calls `notify` until it goes.
  runtime::Node::Watch watch_;
};

}  // namespace nightshift::bridges::http
