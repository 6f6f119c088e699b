// Sockets of the system.
#include "bridges/http/socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace nightshift::bridges::http {
namespace {

/// Connections that the system may hold until they are accepted; it has a bound of its own.
constexpr int backlog = 4096;

std::unexpected<Error> refuse(const std::string& host, int port, const char* why) {
  const std::string address = host + ":" + std::to_string(port);
  return fail(ErrorCode::io,
              "cannot listen on " + address + ": " + why +
                  "; end the program that has it, or choose another with --http HOST:PORT",
              address);
}

/// Only SO_REUSEADDR: with SO_REUSEPORT two nodes would share a port unnoticed.
Socket try_listen(const addrinfo& address) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool bound = bind(socket.descriptor(), address.ai_addr, address.ai_addrlen) == 0;
  if (bound && listen(socket.descriptor(), backlog) == 0) return socket;
  return {};
}

}  // namespace

void Socket::close() {
  if (open()) ::close(std::exchange(descriptor_, -1));
}

Result<Socket> listen_on(const std::string& host, int port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                 std::to_string(port).c_str(), &wanted, &found);
  if (failed != 0) return refuse(host, port, gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    if (Socket socket = try_listen(*address); socket.open()) return socket;
  }
  return refuse(host, port, std::strerror(errno));
}

int port_of(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), &size);
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

Socket accept_from(const Socket& listener, bool& exhausted) {
  for (;;) {
    Socket socket(accept4(listener.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    // Peers that have left while they waited are no reason to stop.
    if (!socket.open() && (errno == EINTR || errno == ECONNABORTED)) continue;
    exhausted = !socket.open() &&
                (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM);
    const int on = 1;
    if (socket.open()) setsockopt(socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
  }
}

std::optional<std::size_t> send_some(const Socket& socket, std::string_view first,
                                     std::string_view second) {
  std::array<iovec, 2> parts{{{const_cast<char*>(first.data()), first.size()},
                              {const_cast<char*>(second.data()), second.size()}}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = second.empty() ? 1 : 2;
  for (;;) {
    const ssize_t sent = sendmsg(socket.descriptor(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) return std::nullopt;
  }
}

}  // namespace nightshift::bridges::http
