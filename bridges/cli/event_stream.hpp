// Events as they happen: a stream of the node (SSE), taken up again wherever it broke.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/cli/node_api.hpp"

namespace nightshift::bridges::cli {

/// One event of a stream. What the node writes has all three.
struct Frame {
  std::string id;
  std::string event;
  std::string data;
};

/// Frames out of the bytes of one connection (WHATWG HTML, "Server-sent events"); what is not whole
/// when the connection ends is no frame.
class FrameReader {
 public:
  /// The frames that these bytes complete.
  std::vector<Frame> take(std::string_view bytes);

 private:
  void read_line(std::string_view line, std::vector<Frame>& whole);

  std::string rest_;
  Frame frame_;
};

/// What `follow` tells of itself.
struct Following {
  /// Frames, each exactly once and in order; false ends the following.
  std::function<bool(const std::vector<Frame>&)> take;
  /// The node is away; told once for each time.
  std::function<void(const Error&)> away;
};

/// Follows a stream over every break of its connection and every restart of its node, for as long
/// as it takes, without a gap or a repeat. Returns when `take` has enough, and with an error where
/// the node is not there in the first place or refuses (`not_found` where a restore has begun
/// another log).
Result<void> follow(NodeApi& api, const std::string& target, const Following& following);

}  // namespace nightshift::bridges::cli
