// Plain sockets and as much HTTP as a POST needs.
#include "tests/support/web/receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace nightshift::tests {
namespace {

constexpr std::chrono::seconds patience{60};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool read_more(int socket, std::string& bytes) {
  char buffer[16384];
  const auto count = ::recv(socket, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  bytes.append(buffer, static_cast<std::size_t>(count));
  return true;
}

std::optional<Received> read_request(int socket) {
  std::string bytes;
  while (bytes.find("\r\n\r\n") == std::string::npos) {
    if (!read_more(socket, bytes)) return std::nullopt;
  }
  Received request;
  const auto head = bytes.substr(0, bytes.find("\r\n\r\n"));
  request.body = bytes.substr(head.size() + 4);
  request.line = head.substr(0, head.find("\r\n"));
  for (auto at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
    const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
  }
  const auto length = request.headers.find("content-length");
  const auto wanted = length == request.headers.end() ? 0 : std::stoull(length->second);
  while (request.body.size() < wanted) {
    if (!read_more(socket, request.body)) return std::nullopt;
  }
  request.at = std::chrono::steady_clock::now();
  return request;
}

bool write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Reply answer(int status, const std::string& body, const std::string& headers) {
  return {"HTTP/1.1 " + std::to_string(status) + " As told\r\n" + headers +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
          Reply::End::close};
}

WebReceiver::WebReceiver(Behaviour behaviour, int port) : behaviour_(std::move(behaviour)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  [[maybe_unused]] const bool listens =
      ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::listen(listener_, 128) == 0 &&
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  assert(listens);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_all(); });
}

WebReceiver::~WebReceiver() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    changed_.wait(lock, [this] { return open_.empty(); });
  }
  acceptor_.join();
  ::close(listener_);
}

std::string WebReceiver::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void WebReceiver::behave(Behaviour behaviour) {
  const std::lock_guard lock(mutex_);
  behaviour_ = std::move(behaviour);
}

void WebReceiver::slam(int connections) {
  const std::lock_guard lock(mutex_);
  slams_ = connections;
}

std::vector<Received> WebReceiver::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

std::size_t WebReceiver::count() const {
  const std::lock_guard lock(mutex_);
  return received_.size();
}

std::size_t WebReceiver::open() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

bool WebReceiver::await(std::size_t requests) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return received_.size() >= requests; });
}

void WebReceiver::accept_all() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (stopping_ || socket < 0) {
      if (socket >= 0) ::close(socket);
      return;
    }
    if (slams_ > 0) {
      --slams_;
      ::close(socket);
      continue;
    }
    open_.push_back(socket);
    std::thread([this, socket] { serve(socket); }).detach();
  }
}

void WebReceiver::serve(int socket) {
  if (auto request = read_request(socket)) {
    Behaviour behaviour;
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(*request);
      behaviour = behaviour_;
    }
    changed_.notify_all();
    send(socket, behaviour(*request));
  }
  const std::lock_guard lock(mutex_);
  open_.remove(socket);
  ::close(socket);
  changed_.notify_all();
}

void WebReceiver::send(int socket, const Reply& reply) {
  if (!write_all(socket, reply.bytes)) return;
  if (reply.end == Reply::End::close) {
    // What is unread would turn the close into a reset.
    std::string rest;
    ::shutdown(socket, SHUT_WR);
    while (read_more(socket, rest)) continue;
  }
  if (reply.end == Reply::End::reset) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  if (reply.end == Reply::End::hang) {
    std::string rest;
    while (read_more(socket, rest)) continue;
  }
  const std::string filler(1 << 16, 'x');
  while (reply.end == Reply::End::endless && write_all(socket, filler)) continue;
}

}  // namespace nightshift::tests
