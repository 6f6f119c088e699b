// Receives what children say.
#include "tests/bench/processes/child_reports.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cassert>
#include <cstring>
#include <sstream>

namespace nightshift::bench {

ChildReports::ChildReports(std::string path) : path_(std::move(path)) {
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un here{};
  here.sun_family = AF_UNIX;
  assert(path_.size() < sizeof here.sun_path);
  std::strncpy(here.sun_path, path_.c_str(), sizeof here.sun_path - 1);
  [[maybe_unused]] const int bound =
      ::bind(socket_, reinterpret_cast<sockaddr*>(&here), sizeof here);
  assert(bound == 0);
}

ChildReports::~ChildReports() { ::close(socket_); }

std::optional<Report> ChildReports::next(std::chrono::milliseconds longest) const {
  pollfd wait{socket_, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(longest.count())) <= 0) return std::nullopt;
  char text[512];
  const auto size = ::recv(socket_, text, sizeof text, 0);
  if (size <= 0) return std::nullopt;
  std::istringstream words(std::string(text, static_cast<std::size_t>(size)));
  Report report;
  words >> report.name >> report.pid >> report.ns >> report.what;
  return report;
}

void ChildReports::forget() const {
  while (next(std::chrono::milliseconds(0))) {
  }
}

long long now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace nightshift::bench
