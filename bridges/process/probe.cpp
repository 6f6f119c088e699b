// Connects, asks, reads a status line.
#include "bridges/process/probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace nightshift::bridges::process {
namespace {

/// `HTTP/1.1 200`: all that is looked at.
constexpr std::size_t status_bytes = 12;

bool is_later(int error) { return error == EAGAIN || error == EINTR || error == EINPROGRESS; }

}  // namespace

Probe::Probe(const Check& check, std::chrono::microseconds deadline)
    : check_(check), deadline_(deadline) {
  if (check_.way == Check::Way::http) {
    unsent_ = "GET " + check_.path + " HTTP/1.0\r\nHost: " + check_.host + ":" +
              std::to_string(check_.port) + "\r\nUser-Agent: nightshift\r\n\r\n";
  }
  connect();
}

void Probe::connect() {
  sockaddr_in ip4{};
  sockaddr_in6 ip6{};
  ip4.sin_family = AF_INET;
  ip6.sin6_family = AF_INET6;
  ip4.sin_port = ip6.sin6_port = htons(check_.port);
  const bool is4 = ::inet_pton(AF_INET, check_.host.c_str(), &ip4.sin_addr) == 1;
  const bool is6 = !is4 && ::inet_pton(AF_INET6, check_.host.c_str(), &ip6.sin6_addr) == 1;
  if (!is4 && !is6) return end(false);
  socket_ = runtime::Descriptor(
      ::socket(is4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* address = is4 ? reinterpret_cast<const sockaddr*>(&ip4)
                            : reinterpret_cast<const sockaddr*>(&ip6);
  const auto size = static_cast<socklen_t>(is4 ? sizeof ip4 : sizeof ip6);
  if (::connect(socket_.get(), address, size) != 0 && errno != EINPROGRESS) end(false);
}

void Probe::end(bool holds) {
  state_ = holds ? ProbeState::holds : ProbeState::fails;
  socket_.close();
}

short Probe::events() const { return !connected_ || !unsent_.empty() ? POLLOUT : POLLIN; }

void Probe::go_on(std::chrono::microseconds now) {
  if (state_ != ProbeState::under_way) return;
  pollfd ready{socket_.get(), events(), 0};
  if (::poll(&ready, 1, 0) > 0) {
    if (!connected_) {
      if (!is_connected()) return end(false);
      connected_ = true;
      if (check_.way == Check::Way::tcp) return end(true);
    }
    if (!unsent_.empty()) {
      send_request();
    } else {
      read_answer();
    }
  }
  if (state_ == ProbeState::under_way && now >= deadline_) end(false);
}

bool Probe::is_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

void Probe::send_request() {
  const auto count = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (count > 0) {
    unsent_.erase(0, static_cast<std::size_t>(count));
  } else if (!is_later(errno)) {
    end(false);
  }
}

void Probe::read_answer() {
  std::array<char, 256> buffer;
  const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (count < 0 && is_later(errno)) return;
  if (count > 0) answer_.append(buffer.data(), static_cast<std::size_t>(count));
  if (answer_.size() >= status_bytes) {
    const char status = answer_[9];
    return end(answer_.starts_with("HTTP/1.") && (status == '2' || status == '3'));
  }
  if (count <= 0) end(false);
}

}  // namespace nightshift::bridges::process
