// Events to many subscribers, beside the same bytes written to as many sockets.
#pragma once

#include <cstddef>
#include <string>

#include "runtime/node.hpp"

namespace nightshift::bench {

struct FanOut {
  double frames_per_s = 0;
  double peer_frames_per_s = 0;
};

/// Writes events while so many follow the log from its end, until each has all of them; then the
/// same bytes, bare.
FanOut measure_fan_out(runtime::Node& node, int port, const std::string& token,
                       std::size_t followers);

}  // namespace nightshift::bench
