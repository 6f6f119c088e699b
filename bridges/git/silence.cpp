// The sockets of this process, by /proc; libgit2 does not show its own.
#include "bridges/git/silence.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <string>

namespace nightshift::bridges::git {
namespace {

std::set<int> open_descriptors() {
  std::set<int> numbers;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    numbers.insert(std::stoi(entry.path().filename().string()));
  }
  return numbers;
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
    : port_(port), longest_(longest), before_(open_descriptors()), thread_([this] { watch(); }) {}

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
  for (const int number : open_descriptors()) {
    if (!before_.contains(number) && peer_port(number) == port_) ::shutdown(number, SHUT_RDWR);
  }
}

}  // namespace nightshift::bridges::git
