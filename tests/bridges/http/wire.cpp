// Raw HTTP.
#include "tests/bridges/http/wire.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace nightshift::tests {

std::string WireAnswer::member(std::string_view name) const {
  const std::string key = "\"" + std::string(name) + "\":";
  const std::size_t at = body.find(key);
  if (at == std::string::npos) return {};
  std::string_view rest = std::string_view(body).substr(at + key.size());
  if (!rest.starts_with('"')) return std::string(rest.substr(0, rest.find_first_of(",}]")));
  rest.remove_prefix(1);
  return std::string(rest.substr(0, rest.find('"')));
}

Wire::Wire(int port, int receive_bytes)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  timeval patience{};
  patience.tv_sec = 20;
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (receive_bytes > 0) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Boost's checks are for one thread; clients have many.
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
}

Wire::~Wire() { close(socket_); }

void Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Wire::receive() {
  std::array<char, 16384> bytes;
  const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  arrived_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::string Wire::read_until(std::string_view end) {
  std::size_t at = std::string::npos;
  while ((at = arrived_.find(end)) == std::string::npos) {
    if (!receive()) return {};
  }
  std::string out = arrived_.substr(0, at + end.size());
  arrived_.erase(0, out.size());
  return out;
}

WireAnswer Wire::read_fields() {
  WireAnswer out;
  std::string head = read_until("\r\n\r\n");
  if (head.size() < 12) return out;
  out.status = std::stoi(head.substr(9, 3));
  for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
    const std::size_t end = head.find("\r\n", line);
    const std::size_t colon = head.find(": ", line);
    if (colon > end) break;
    std::string name = head.substr(line, colon - line);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    out.fields[name] = head.substr(colon + 2, end - colon - 2);
    line = end + 2;
  }
  return out;
}

WireAnswer Wire::read(bool has_body) {
  WireAnswer out = read_fields();
  if (!has_body || !out.fields.contains("content-length")) return out;
  const std::size_t size = std::stoul(out.fields["content-length"]);
  while (arrived_.size() < size && receive()) continue;
  out.body = arrived_.substr(0, size);
  arrived_.erase(0, out.body.size());
  return out;
}

WireAnswer Wire::ask(std::string_view bytes) {
  send(bytes);
  return read();
}

bool Wire::closed() {
  while (arrived_.empty()) {
    std::array<char, 1> byte;
    const ssize_t count = recv(socket_, byte.data(), byte.size(), 0);
    if (count == 0 || (count < 0 && errno == ECONNRESET)) return true;
    if (count < 0) return false;
    arrived_.push_back(byte[0]);
  }
  return false;
}

void Wire::stop_sending() { shutdown(socket_, SHUT_WR); }

}  // namespace nightshift::tests
