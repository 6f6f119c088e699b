// Sockets: a descriptor that closes itself, listening, and writing without waiting.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "messages/error.hpp"

namespace nightshift::bridges::http {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  int descriptor() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }
  void close();

 private:
  int descriptor_ = -1;
};

/// Listens at a name or address of this machine; port 0 lets the system choose. `io` where that
/// cannot be had, with the address and what to do.
Result<Socket> listen_on(const std::string& host, int port);
int port_of(const Socket& socket);

/// The next connection, not blocking, sending at once what it is given. Closed where there is none:
/// `exhausted` says whether for want of descriptors or memory.
Socket accept_from(const Socket& listener, bool& exhausted);

/// As many bytes as the system takes now, of `first` and then of `second`; 0 if it takes none now,
/// nothing if the connection is gone.
std::optional<std::size_t> send_some(const Socket& socket, std::string_view first,
                                     std::string_view second = {});

}  // namespace nightshift::bridges::http
