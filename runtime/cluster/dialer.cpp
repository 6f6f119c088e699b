// Connects to peers.
#include "runtime/cluster/dialer.hpp"

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/host/backoff.hpp"

namespace nightshift::runtime::cluster {
namespace {

constexpr std::chrono::microseconds rest{200'000};

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

/// A socket that is being connected, or why there is none. Of the addresses that a name has, each
/// attempt takes the next.
std::pair<Descriptor, std::string> begin_connecting(const PeerAddress& to, std::uint32_t attempt) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found);
  if (error != 0) return {Descriptor(), ::gai_strerror(error)};
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  std::uint32_t count = 0;
  for (const auto* one = list.get(); one != nullptr; one = one->ai_next) ++count;
  const auto* chosen = list.get();
  for (auto skip = attempt % count; skip > 0; --skip) chosen = chosen->ai_next;
  Descriptor socket(::socket(chosen->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return {Descriptor(), std::strerror(errno)};
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket.get(), chosen->ai_addr, chosen->ai_addrlen) != 0 && errno != EINPROGRESS) {
    return {Descriptor(), std::strerror(errno)};
  }
  return {std::move(socket), std::string()};
}

}  // namespace

Dialer::Dialer(Options options)
    : options_(std::move(options)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  for (const auto& address : options_.peers) peers_[address.node].address = address;
}

void Dialer::start() {
  thread_ = std::thread([this] { run(); });
  lookups_ = std::thread([this] { look_up(); });
}

void Dialer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  ::eventfd_write(wake_.get(), 1);
  more_wanted_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (lookups_.joinable()) lookups_.join();
}

void Dialer::settled(const std::string& node) {
  const std::lock_guard lock(mutex_);
  const auto found = peers_.find(node);
  if (found == peers_.end()) return;
  found->second.state = Peer::State::idle;
  found->second.failures = 0;
  found->second.socket.close();
}

void Dialer::lost(const std::string& node) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = peers_.find(node);
    if (found == peers_.end()) return;
    auto& peer = found->second;
    if (peer.state == Peer::State::due || peer.state == Peer::State::connecting) return;
    const auto now = options_.clock->elapsed();
    const bool was_up = peer.state == Peer::State::idle;
    peer.state = Peer::State::due;
    if (!was_up) ++peer.failures;
    peer.at = now + (was_up ? std::chrono::microseconds{}
                            : host::backoff(options_.pause, peer.failures, options_.pause_max));
  }
  ::eventfd_write(wake_.get(), 1);
}

void Dialer::later(Peer& peer, const std::string& why) {
  peer.socket.close();
  peer.state = Peer::State::due;
  ++peer.failures;
  peer.at =
      options_.clock->elapsed() + host::backoff(options_.pause, peer.failures, options_.pause_max);
  if (options_.failed) options_.failed(peer.address, why);
}

/// Looks the name up without the lock, as that may take long.
void Dialer::begin(const PeerAddress& address, std::uint32_t attempt) {
  auto [socket, why] = begin_connecting(address, attempt);
  const std::lock_guard lock(mutex_);
  auto& peer = peers_.at(address.node);
  if (peer.state != Peer::State::connecting) return;
  if (!socket) return later(peer, why);
  peer.socket = std::move(socket);
  peer.at = options_.clock->elapsed() + options_.connect_max;
}

void Dialer::check(Peer& peer) {
  pollfd socket{peer.socket.get(), POLLOUT, 0};
  if (::poll(&socket, 1, 0) == 1) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(peer.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return later(peer, std::strerror(error));
    if (!options_.connected(peer.address, std::move(peer.socket))) {
      return later(peer, "no descriptor is left");
    }
    peer.state = Peer::State::handed_over;
    return;
  }
  if (options_.clock->elapsed() >= peer.at) later(peer, "no connection in time");
}

/// Looks at what is under way; what is to be dialed now, and how long until something else is due.
std::vector<Dialer::Attempt> Dialer::due(std::chrono::microseconds& longest) {
  std::vector<Attempt> now_due;
  const auto now = options_.clock->elapsed();
  for (auto& [name, peer] : peers_) {
    if (peer.state == Peer::State::connecting && peer.socket) check(peer);
    if (peer.state != Peer::State::due && peer.state != Peer::State::connecting) continue;
    // Its name is being looked up.
    if (peer.state == Peer::State::connecting && !peer.socket) continue;
    if (peer.state == Peer::State::due && now >= peer.at) {
      peer.state = Peer::State::connecting;
      now_due.push_back({peer.address, peer.failures});
      continue;
    }
    longest = std::min(longest, std::max(peer.at - now, std::chrono::microseconds(1'000)));
  }
  return now_due;
}

void Dialer::wait(std::chrono::microseconds longest) {
  std::vector<pollfd> sockets{{wake_.get(), POLLIN, 0}};
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, peer] : peers_) {
      if (peer.state == Peer::State::connecting && peer.socket) {
        sockets.push_back({peer.socket.get(), POLLOUT, 0});
      }
    }
  }
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
  ::poll(sockets.data(), sockets.size(), static_cast<int>(ms));
  eventfd_t count = 0;
  ::eventfd_read(wake_.get(), &count);
}

void Dialer::look_up() {
  while (true) {
    Attempt next;
    {
      std::unique_lock lock(mutex_);
      more_wanted_.wait(lock, [this] { return stopped_ || !wanted_.empty(); });
      if (stopped_) return;
      next = std::move(wanted_.front());
      wanted_.pop_front();
    }
    begin(next.address, next.failures);
    ::eventfd_write(wake_.get(), 1);
  }
}

void Dialer::run() {
  auto pulsed = options_.clock->elapsed();
  while (true) {
    auto longest = rest;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      for (auto& attempt : due(longest)) wanted_.push_back(std::move(attempt));
    }
    more_wanted_.notify_all();
    if (const auto now = options_.clock->elapsed(); now - pulsed >= rest) {
      pulsed = now;
      options_.pulse();
    }
    wait(longest);
  }
}

}  // namespace nightshift::runtime::cluster
