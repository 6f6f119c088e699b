// Reads and counts.
#include "tests/bench/http/readers.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace nightshift::bench {
namespace {

int connected(int port, std::string_view request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    throw std::runtime_error("cannot connect");
  }
  return socket;
}

}  // namespace

Readers::Readers(int port, std::size_t count, std::string_view request)
    : lines_(count), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  for (std::size_t i = 0; i < count; ++i) {
    sockets_.push_back(connected(port, request));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_.back(), &event);
  }
}

Readers::~Readers() {
  for (const int socket : sockets_) close(socket);
  close(epoll_);
}

void Readers::read(std::size_t lines_each) {
  static std::array<char, 256u << 10> bytes;
  std::array<epoll_event, 256> events;
  std::size_t left = 0;
  for (const std::size_t had : lines_) left += had < lines_each ? 1 : 0;
  while (left > 0) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 60'000);
    if (count <= 0) throw std::runtime_error("a reader waits in vain");
    for (int i = 0; i < count; ++i) {
      const std::size_t at = events[static_cast<std::size_t>(i)].data.u64;
      const ssize_t got = recv(sockets_[at], bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (got <= 0) throw std::runtime_error("a reader was cut");
      const bool waited = lines_[at] < lines_each;
      lines_[at] += static_cast<std::size_t>(std::count(bytes.data(), bytes.data() + got, '\n'));
      left -= waited && lines_[at] >= lines_each ? 1 : 0;
    }
  }
}

std::string Readers::read_one(int port, std::string_view request, std::string_view end) {
  const int socket = connected(port, request);
  std::string text;
  std::array<char, 64u << 10> bytes;
  while (!text.contains(end)) {
    const ssize_t got = recv(socket, bytes.data(), bytes.size(), 0);
    if (got <= 0) throw std::runtime_error("a reader was cut");
    text.append(bytes.data(), static_cast<std::size_t>(got));
  }
  close(socket);
  return text.substr(0, text.find("\n\n", text.find(end)) + 2);
}

}  // namespace nightshift::bench
