// Length (4 bytes, little-endian), then the message.
#include "bridges/process/channel.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace nightshift::bridges::process {
namespace {

constexpr std::size_t head_bytes = 4;

bool is_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

std::uint32_t length_in(std::string_view head) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < head_bytes; ++i) {
    length |= static_cast<std::uint32_t>(static_cast<unsigned char>(head[i])) << (8 * i);
  }
  return length;
}

}  // namespace

void Channel::send(const google::protobuf::MessageLite& message) {
  const auto length = static_cast<std::uint32_t>(message.ByteSizeLong());
  for (std::size_t i = 0; i < head_bytes; ++i) {
    unsent_ += static_cast<char>(length >> (8 * i) & 0xff);
  }
  message.AppendToString(&unsent_);
  flush();
}

bool Channel::flush() {
  std::size_t sent = 0;
  bool alive = true;
  while (sent < unsent_.size()) {
    const auto count = ::send(socket_.get(), unsent_.data() + sent, unsent_.size() - sent,
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    alive = is_later(errno);
    break;
  }
  unsent_.erase(0, sent);
  return alive;
}

bool Channel::receive(const std::function<bool(std::string_view)>& frame) {
  std::array<char, 65536> buffer;
  while (true) {
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
      received_.append(buffer.data(), static_cast<std::size_t>(count));
      if (!take_frames(frame)) return false;
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    return count < 0 && is_later(errno);
  }
}

bool Channel::take_frames(const std::function<bool(std::string_view)>& frame) {
  std::string_view rest = received_;
  while (rest.size() >= head_bytes) {
    const auto length = length_in(rest);
    if (length > frame_bytes_max) return false;
    if (rest.size() < head_bytes + length) break;
    if (!frame(rest.substr(head_bytes, length))) return false;
    rest.remove_prefix(head_bytes + length);
  }
  received_.erase(0, received_.size() - rest.size());
  return true;
}

}  // namespace nightshift::bridges::process
