// The sockets of this process, by /proc; libgit2 does not show its own.
#include "bridges/git/silence.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <map>
#include <string>

namespace nightshift::bridges::git {
namespace {

/// Number and what it is: `socket:[4711]`. The name outlives the number, which is used again.
std::map<int, std::string> open_sockets() {
  std::map<int, std::string> sockets;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const auto what = std::filesystem::read_symlink(entry.path(), error).string();
    if (what.starts_with("socket:")) {
      sockets.emplace(std::stoi(entry.path().filename().string()), what);
    }
  }
  return sockets;
}

/// Of the other end of a connection; 0 where there is none.
int peer_port(int number) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(number, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return 0;
}

}  // namespace

SilenceGuard::SilenceGuard(int port, std::chrono::milliseconds longest)
    : port_(port), longest_(longest) {
  for (auto& [number, name] : open_sockets()) before_.insert(std::move(name));
  thread_ = std::thread([this] { watch(); });
}

SilenceGuard::~SilenceGuard() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SilenceGuard::heard() {
  const std::lock_guard lock(mutex_);
  ++heard_;
}

bool SilenceGuard::has_cut() const {
  const std::lock_guard lock(mutex_);
  return cut_;
}

void SilenceGuard::watch() {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    const auto before = heard_;
    const bool in_time = changed_.wait_for(lock, longest_, [&] { return ended_; });
    if (in_time || heard_ != before) continue;
    cut_ = true;
    cut();
  }
}

void SilenceGuard::cut() const {
  for (const auto& [number, name] : open_sockets()) {
    if (!before_.contains(name) && peer_port(number) == port_) ::shutdown(number, SHUT_RDWR);
  }
}

}  // namespace nightshift::bridges::git
