// One poll for both directions; what was sent since the last turn leaves in one write.
#include "bridges/mcp/transport/stdio_link.hpp"

#include <fcntl.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace nightshift::bridges::mcp {
namespace {

constexpr std::size_t buffer_bytes = 64u << 10;
/// Reads of one turn, so that a flood does not keep the owner from speaking.
constexpr int reads_max = 16;

void make_non_blocking(int descriptor) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

Error gone(std::string_view what) {
  return {ErrorCode::unreachable,
          std::string(what) + ": " + std::generic_category().message(errno),
          {}};
}

}  // namespace

StdioLink::StdioLink(runtime::Descriptor input, runtime::Descriptor output)
    : input_(std::move(input)),
      output_(std::move(output)),
      buffer_(std::make_unique<char[]>(buffer_bytes)) {
  make_non_blocking(input_.get());
  make_non_blocking(output_.get());
}

void StdioLink::send(Outgoing message) {
  unsent_ += message.text;
  unsent_ += '\n';
}

void StdioLink::turn(Ear& ear, int wake, std::optional<std::chrono::milliseconds> longest) {
  write(ear);
  const bool more = written_ < unsent_.size();
  std::array<pollfd, 3> waits{pollfd{wake, POLLIN, 0}, pollfd{output_.get(), POLLIN, 0},
                              pollfd{more ? input_.get() : -1, POLLOUT, 0}};
  const auto timeout = longest ? static_cast<int>(longest->count()) : -1;
  if (::poll(waits.data(), waits.size(), timeout) <= 0) return;
  if (waits[2].revents != 0) write(ear);
  if (waits[1].revents != 0) read(ear);
}

void StdioLink::write(Ear& ear) {
  while (input_ && written_ < unsent_.size()) {
    const auto count = ::write(input_.get(), unsent_.data() + written_, unsent_.size() - written_);
    if (count < 0) {
      if (!would_block()) return ear.lost(gone("the server takes nothing more"));
      break;
    }
    written_ += static_cast<std::size_t>(count);
  }
  if (written_ == unsent_.size()) {
    unsent_.clear();
    written_ = 0;
  } else if (unsent_.size() - written_ > unsent_bytes_max) {
    ear.lost({ErrorCode::unreachable, "the server does not read what it is sent", {}});
  }
}

void StdioLink::read(Ear& ear) {
  for (int i = 0; i < reads_max && read_some(ear); ++i) {
  }
}

/// False where nothing more is there now.
bool StdioLink::read_some(Ear& ear) {
  const auto count = ::read(output_.get(), buffer_.get(), buffer_bytes);
  if (count < 0 && would_block()) return false;
  if (count <= 0) {
    ear.lost(count < 0 ? gone("the server cannot be read")
                       : Error{ErrorCode::unreachable, "the server has closed its output", {}});
    return false;
  }
  const auto lost = reader_.take({buffer_.get(), static_cast<std::size_t>(count)},
                                 [&](std::string_view line) { ear.received(line); });
  for (std::size_t i = 0; i < lost; ++i) ear.overlong();
  if (reader_.thrown_away() > endless_bytes_max) {
    ear.lost({ErrorCode::invalid, "the server writes a line without end", {}});
    return false;
  }
  return static_cast<std::size_t>(count) == buffer_bytes;
}

}  // namespace nightshift::bridges::mcp
