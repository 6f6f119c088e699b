// An eventfd, and poll.
#include "bridges/vault/bell.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace nightshift::bridges::vault {

Result<Bell> Bell::make() {
  runtime::Descriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) {
    return fail(ErrorCode::io,
                std::string("the vault cannot be watched over: eventfd: ") + std::strerror(errno));
  }
  return Bell(std::move(event));
}

void Bell::ring() const { ::eventfd_write(event_.get(), 1); }

void Bell::wait(int also, std::optional<std::chrono::microseconds> longest) const {
  constexpr std::chrono::milliseconds once_max{3'600'000};
  std::array<pollfd, 2> watched{{{.fd = event_.get(), .events = POLLIN, .revents = 0},
                                 {.fd = also, .events = POLLIN, .revents = 0}}};
  int timeout_ms = -1;
  if (longest) {
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*longest);
    timeout_ms =
        static_cast<int>(std::clamp(rounded, std::chrono::milliseconds(0), once_max).count());
  }
  if (::poll(watched.data(), watched.size(), timeout_ms) <= 0) return;
  eventfd_t count = 0;
  if (watched.front().revents != 0) ::eventfd_read(event_.get(), &count);
}

}  // namespace nightshift::bridges::vault
