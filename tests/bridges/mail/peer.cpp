// As much SMTP as it takes to be rude.
#include "tests/bridges/mail/peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cassert>
#include <string_view>

namespace nightshift::bridges::mail {
namespace {

constexpr std::size_t flood_bytes_max = 100u << 20;
constexpr std::size_t flood_bytes = 4u << 20;

bool write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool read_more(int socket, std::string& bytes) {
  char buffer[4096];
  const auto count = ::recv(socket, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  bytes.append(buffer, static_cast<std::size_t>(count));
  return true;
}

bool flood(int socket, const std::string& piece, std::size_t bytes_max) {
  std::string much;
  while (much.size() < (1u << 16)) much += piece;
  for (std::size_t sent = 0; sent < bytes_max; sent += much.size()) {
    if (!write_all(socket, much)) break;
  }
  return false;
}

}  // namespace

Peer::Peer(Manners manners) : manners_(std::move(manners)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  [[maybe_unused]] const bool listens =
      ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::listen(listener_, 8) == 0 &&
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  assert(listens);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { accept_all(); });
}

Peer::~Peer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    if (open_ >= 0) ::shutdown(open_, SHUT_RDWR);
  }
  thread_.join();
  ::close(listener_);
}

runtime::MailSettings Peer::account() const {
  runtime::MailSettings account;
  account.url = "smtp://127.0.0.1:" + std::to_string(port_);
  account.from = "ada@example.org";
  account.plain = true;
  account.timeout = std::chrono::seconds(30);
  return account;
}

std::vector<std::string> Peer::heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

std::vector<std::string> Peer::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::size_t Peer::sessions() const {
  const std::lock_guard lock(mutex_);
  return sessions_;
}

void Peer::accept_all() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    {
      const std::lock_guard lock(mutex_);
      if (socket < 0 || stopping_) {
        if (socket >= 0) ::close(socket);
        return;
      }
      ++sessions_;
      open_ = socket;
    }
    serve(socket);
    const std::lock_guard lock(mutex_);
    open_ = -1;
    ::close(socket);
  }
}

void Peer::serve(int socket) {
  if (!reply(socket, "HELLO", "220 peer\r\n")) return;
  std::string unread;
  while (true) {
    const auto end = unread.find("\r\n");
    if (end == std::string::npos) {
      if (!read_more(socket, unread)) return;
      continue;
    }
    const auto line = unread.substr(0, end);
    unread.erase(0, end + 2);
    {
      const std::lock_guard lock(mutex_);
      heard_.push_back(line);
    }
    const auto verb = line.substr(0, 4);
    const bool data = verb == "DATA";
    if (!reply(socket, verb, data ? "354 go on\r\n" : "250 good\r\n")) return;
    if (data && !manners_.replies.contains("DATA") && !read_message(socket, unread)) return;
  }
}

bool Peer::read_message(int socket, std::string& unread) {
  while (unread.find("\r\n.\r\n") == std::string::npos) {
    if (unread.size() > manners_.body_bytes_max) break;
    if (!read_more(socket, unread)) break;
  }
  const auto end = unread.find("\r\n.\r\n");
  if (!unread.empty()) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(unread.substr(0, end == std::string::npos ? end : end + 2));
  }
  if (end == std::string::npos || unread.size() > manners_.body_bytes_max) return false;
  unread.erase(0, end + 5);
  return reply(socket, ".", "250 kept\r\n");
}

bool Peer::reply(int socket, const std::string& to, const std::string& well) {
  const auto found = manners_.replies.find(to);
  const auto& text = found == manners_.replies.end() ? well : found->second;
  if (text == hang_up) return false;
  // Once is enough for all of it.
  const auto much = to == "HELLO" ? flood_bytes_max : flood_bytes;
  if (text == one_long_line) return flood(socket, "250-x", much);
  if (text == lines_without_end) return flood(socket, "250-x\r\n", flood_bytes);
  if (text != silence) return write_all(socket, text);
  std::string unheard;
  while (read_more(socket, unheard)) unheard.clear();
  return false;
}

}  // namespace nightshift::bridges::mail
