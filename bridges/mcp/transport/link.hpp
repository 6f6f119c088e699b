// How messages travel to a server and back.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "bridges/mcp/protocol/news.hpp"

namespace nightshift::bridges::mcp {

/// Bounds of what one server may make the node keep.
inline constexpr std::size_t message_bytes_max = 8u << 20;
inline constexpr std::size_t unsent_bytes_max = 32u << 20;

/// Who hears what comes.
class Ear {
 public:
  virtual ~Ear() = default;
  virtual void received(std::string_view message) = 0;
  virtual void overlong() = 0;
  /// Whether this request still waits for its answer.
  virtual bool awaits(std::int64_t request) const = 0;
  /// There will be no answer to this request.
  virtual void undelivered(std::int64_t request, Unanswered why) = 0;
  virtual void lost(Error why) = 0;
};

/// Used by one thread.
class Link {
 public:
  virtual ~Link() = default;
  /// Takes a message; never blocks.
  virtual void send(Outgoing message) = 0;
  /// Moves bytes, and waits until something comes, `wake` becomes readable or `longest` has passed.
  virtual void turn(Ear& ear, int wake, std::optional<std::chrono::milliseconds> longest) = 0;
  /// The owner goes: says goodbye where that is due; a few seconds at most.
  virtual void close() = 0;
};

}  // namespace nightshift::bridges::mcp
