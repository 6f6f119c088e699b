// Frames out of a stream of bytes.
#include "runtime/cluster/frames.hpp"

#include <cassert>

namespace nightshift::runtime::cluster {
namespace {

constexpr std::size_t length_bytes = 4;

std::size_t length_at(std::string_view bytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return length;
}

}  // namespace

void append_frame(const Frame& frame, std::string& out) {
  const auto size = frame.ByteSizeLong();
  assert(size <= frame_bytes_max);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xff);
  frame.AppendToString(&out);
}

Result<std::optional<Frame>> FrameReader::next() {
  const auto unread = std::string_view(buffer_).substr(read_);
  if (unread.size() < length_bytes) return std::nullopt;
  const auto length = length_at(unread);
  if (length > bytes_max_) {
    return fail(ErrorCode::too_large, "a frame of " + std::to_string(length) +
                                          " bytes was announced, and " +
                                          std::to_string(bytes_max_) + " is the most");
  }
  if (unread.size() - length_bytes < length) {
    buffer_.erase(0, std::exchange(read_, 0));
    return std::nullopt;
  }
  Frame frame;
  if (!frame.ParseFromArray(unread.data() + length_bytes, static_cast<int>(length))) {
    return fail(ErrorCode::invalid, "the bytes are not a frame");
  }
  read_ += length_bytes + length;
  if (read_ == buffer_.size()) buffer_.clear(), read_ = 0;
  return frame;
}

}  // namespace nightshift::runtime::cluster
