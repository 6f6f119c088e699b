// Frames out of a stream of bytes: four bytes of length, the most significant first, then as many.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "messages/cluster.pb.h"
#include "messages/error.hpp"

namespace nightshift::runtime::cluster {

// Of messages/cluster.proto; others of these names are not meant here.
using ::nightshift::cluster::Channel;
using ::nightshift::cluster::Credit;
using ::nightshift::cluster::Envelope;
using ::nightshift::cluster::Frame;
using ::nightshift::cluster::Hello;
using ::nightshift::cluster::Renewal;
using ::nightshift::cluster::Renewed;
using enum ::nightshift::cluster::Channel;

/// Room for the largest command (8 MiB) and what is around it.
inline constexpr std::size_t frame_bytes_max = 9u << 20;
/// Until the peer has said who it is.
inline constexpr std::size_t first_frame_bytes_max = 64u << 10;

void append_frame(const Frame& frame, std::string& out);

/// Not thread-safe. What it keeps is bounded by the bound and one `add`.
class FrameReader {
 public:
  void set_bytes_max(std::size_t bytes_max) { bytes_max_ = bytes_max; }
  void add(std::string_view bytes) { buffer_.append(bytes); }
  /// The next frame, if all of it is there. `too_large`, as soon as its length is read; `invalid`
  /// where the bytes are no frame.
  Result<std::optional<Frame>> next();

 private:
  std::size_t bytes_max_ = first_frame_bytes_max;
  std::string buffer_;
  std::size_t read_ = 0;
};

}  // namespace nightshift::runtime::cluster
