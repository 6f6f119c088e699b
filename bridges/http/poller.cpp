// epoll and eventfd.
#include "bridges/http/poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <system_error>

namespace nightshift::bridges::http {
namespace {

Socket must(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return Socket(descriptor);
}

int milliseconds_until(SteadyTime until) {
  if (until == never) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

}  // namespace

Bell::Bell() : descriptor_(must(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

void Bell::ring() {
  if (rung_.exchange(true)) return;
  const std::uint64_t one = 1;
  const auto written = ::write(descriptor_.descriptor(), &one, sizeof one);
  assert(written == sizeof one);
  static_cast<void>(written);
}

void Bell::quiet() {
  std::uint64_t count = 0;
  const auto taken = ::read(descriptor_.descriptor(), &count, sizeof count);
  static_cast<void>(taken);
  rung_.store(false);
}

Poller::Poller(Bell& bell) : bell_(bell), epoll_(must(epoll_create1(EPOLL_CLOEXEC), "epoll")) {
  if (!watch(bell_.descriptor_, &bell_, EPOLLIN)) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

bool Poller::watch(const Socket& socket, void* who, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = who;
  return epoll_ctl(epoll_.descriptor(), EPOLL_CTL_ADD, socket.descriptor(), &event) == 0;
}

bool Poller::watch_changes(const Socket& socket, void* who) {
  return watch(socket, who, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

bool Poller::watch_readable(const Socket& socket, void* who) { return watch(socket, who, EPOLLIN); }

void Poller::forget(const Socket& socket) {
  epoll_ctl(epoll_.descriptor(), EPOLL_CTL_DEL, socket.descriptor(), nullptr);
}

std::span<const epoll_event> Poller::wait(SteadyTime until) {
  const int count = epoll_wait(epoll_.descriptor(), events_.data(),
                               static_cast<int>(events_.size()), milliseconds_until(until));
  const std::span<epoll_event> happened(events_.data(),
                                        static_cast<std::size_t>(std::max(count, 0)));
  const auto bell = std::ranges::find(happened, static_cast<void*>(&bell_),
                                      [](const epoll_event& event) { return event.data.ptr; });
  if (bell == happened.end()) return happened;
  bell_.quiet();
  *bell = happened.back();
  return happened.first(happened.size() - 1);
}

}  // namespace nightshift::bridges::http
