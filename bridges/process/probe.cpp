// Connects, asks, reads a status line.
#include "bridges/process/probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace nightshift::bridges::process {
namespace {

/// `HTTP/1.1 200`: all that is looked at.
constexpr std::size_t status_bytes = 12;
constexpr std::size_t status_begin = 9;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

std::optional<Address> address_of(const std::string& host, std::uint16_t port) {
  Address address;
  sockaddr_in ip4{};
  sockaddr_in6 ip6{};
  if (::inet_pton(AF_INET, host.c_str(), &ip4.sin_addr) == 1) {
    ip4.sin_family = AF_INET;
    ip4.sin_port = htons(port);
    std::memcpy(&address.storage, &ip4, address.size = sizeof ip4);
  } else if (::inet_pton(AF_INET6, host.c_str(), &ip6.sin6_addr) == 1) {
    ip6.sin6_family = AF_INET6;
    ip6.sin6_port = htons(port);
    std::memcpy(&address.storage, &ip6, address.size = sizeof ip6);
  } else {
    return std::nullopt;
  }
  return address;
}

/// Where nobody listens, a socket may be given the very port that it connects to, and find itself.
bool is_own_echo(int socket) {
  Address here, there;
  here.size = there.size = sizeof here.storage;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&here.storage), &here.size);
  ::getpeername(socket, reinterpret_cast<sockaddr*>(&there.storage), &there.size);
  return here.size == there.size && std::memcmp(&here.storage, &there.storage, here.size) == 0;
}

std::string host_header(const Check& check) {
  const bool ip6 = check.host.contains(':');
  return (ip6 ? "[" + check.host + "]" : check.host) + ":" + std::to_string(check.port);
}

std::string in_words(int error) {
  return error == ECONNREFUSED ? "refused the connection"
                               : std::string(": ") + std::strerror(error);
}

}  // namespace

Probe::Probe(const Check& check, Moment now, std::chrono::milliseconds timeout)
    : check_(check), deadline_(now + timeout), timeout_(timeout) {
  addresses_ = {check_.host};
  if (check_.host == "localhost") addresses_ = {"::1", "127.0.0.1"};
  connect();
}

void Probe::connect() {
  const auto address = address_of(addresses_.back(), check_.port);
  addresses_.pop_back();
  if (!address) return fail(": " + check_.host + " is no address");
  if (check_.way == Check::Way::http) {
    unsent_ = "GET " + check_.path + " HTTP/1.1\r\nHost: " + host_header(check_) +
              "\r\nUser-Agent: nightshift\r\nConnection: close\r\n\r\n";
  }
  socket_ = runtime::Descriptor(
      ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_) return fail(in_words(errno));
  if (::connect(socket_.get(), address->get(), address->size) == 0 || errno == EINPROGRESS) return;
  fail(in_words(errno));
}

void Probe::hold() {
  state_ = ProbeState::holds;
  socket_.close();
}

void Probe::fail(const std::string& why) {
  socket_.close();
  if (!connected_ && !addresses_.empty()) return connect();
  state_ = ProbeState::fails;
  reason_ = check_.text + (why.starts_with(':') ? "" : " ") + why;
}

short Probe::events() const { return !connected_ || !unsent_.empty() ? POLLOUT : POLLIN; }

void Probe::go_on(Moment now) {
  while (state_ == ProbeState::under_way) {
    pollfd ready{socket_.get(), events(), 0};
    if (::poll(&ready, 1, 0) <= 0) break;
    step();
  }
  if (state_ != ProbeState::under_way || now < deadline_) return;
  addresses_.clear();
  fail("did not answer within " + std::to_string(timeout_.count()) + " ms");
}

void Probe::step() {
  if (!connected_) return see_connection();
  if (!unsent_.empty()) return send_request();
  read_answer();
}

void Probe::see_connection() {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error == 0 && is_own_echo(socket_.get())) error = ECONNREFUSED;
  if (error != 0) return fail(in_words(error));
  connected_ = true;
  if (check_.way == Check::Way::tcp) hold();
}

void Probe::send_request() {
  const auto count = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (count > 0) {
    unsent_.erase(0, static_cast<std::size_t>(count));
  } else if (errno != EAGAIN && errno != EINTR) {
    fail(in_words(errno));
  }
}

void Probe::read_answer() {
  std::array<char, 256> buffer;
  const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count < 0) return fail(in_words(errno));
  answer_.append(buffer.data(), static_cast<std::size_t>(count));
  if (count > 0 && answer_.size() < status_bytes) return;
  if (answer_.empty()) return fail("closed the connection without an answer");
  if (answer_.size() < status_bytes || !answer_.starts_with("HTTP/1.")) {
    return fail("did not answer in HTTP");
  }
  const char status = answer_[status_begin];
  if (status == '2' || status == '3') return hold();
  fail("answered " + answer_.substr(status_begin, status_bytes - status_begin));
}

}  // namespace nightshift::bridges::process
