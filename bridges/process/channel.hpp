// Frames of Protobuf over a stream socket, between a node and its keeper.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <google/protobuf/message_lite.h>

#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Both ends are ours and on one machine; the bound is against damage, not against attackers.
inline constexpr std::size_t frame_bytes_max = 8u << 20;

/// One end. Never blocks. Not thread-safe.
class Channel {
 public:
  explicit Channel(runtime::Descriptor socket) : socket_(std::move(socket)) {}

  int descriptor() const { return socket_.get(); }
  /// Queues one frame and writes what fits.
  void send(const google::protobuf::MessageLite& message);
  bool has_unsent() const { return !unsent_.empty(); }
  /// True while the other end may still be there.
  bool flush();
  /// Reads what has come and calls `frame` for each whole one; false once the other end is gone or
  /// speaks nonsense. A frame that makes `frame` return false ends the channel, too.
  bool receive(const std::function<bool(std::string_view bytes)>& frame);

 private:
  bool take_frames(const std::function<bool(std::string_view)>& frame);

  runtime::Descriptor socket_;
  std::string unsent_;
  std::string received_;
};

}  // namespace nightshift::bridges::process
