// A bad line.
#include "tests/cluster/weather.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t chunk_bytes = 4096;
constexpr std::uint64_t delay_ms_max = 30;
/// One in so many chunks is the last of its connection.
constexpr std::uint64_t chunks_per_cut = 40;

int port_of(const std::string& address) {
  return std::stoi(address.substr(address.rfind(':') + 1));
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

}  // namespace

Weather::Weather(const std::string& target, std::uint64_t seed)
    : dice_(seed),
      listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      target_port_(port_of(target)) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  BOOST_TEST_REQUIRE(::bind(listening_.get(), raw, size) == 0);
  BOOST_TEST_REQUIRE(::listen(listening_.get(), 16) == 0);
  BOOST_TEST_REQUIRE(::getsockname(listening_.get(), raw, &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Weather::~Weather() {
  stopped_ = true;
  thread_.join();
}

void Weather::lead_to(const std::string& target) { target_port_ = port_of(target); }

void Weather::accept_one() {
  runtime::Descriptor client(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!client || parted_) return;
  runtime::Descriptor server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(target_port_);
  if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return;
  }
  auto& pair = pairs_.emplace_back();
  pair.there = {client.get(), server.get(), {}};
  pair.back = {server.get(), client.get(), {}};
  pair.client = std::move(client);
  pair.server = std::move(server);
}

void Weather::read(Pair& pair, Way& way) {
  std::string bytes(chunk_bytes, '\0');
  const auto count = ::recv(way.from, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count <= 0) {
    pair.broken = true;
    return;
  }
  bytes.resize(static_cast<std::size_t>(count));
  auto due = steady_clock::now();
  if (storm_) due += std::chrono::milliseconds(dice_.roll(delay_ms_max));
  if (!way.late.empty()) due = std::max(due, way.late.back().due);
  way.late.push_back({due, std::move(bytes)});
  if (storm_ && dice_.roll(chunks_per_cut) == 0) {
    pair.broken = true;
    ++cuts_;
  }
}

void Weather::write_due(Pair& pair, Way& way) {
  while (!way.late.empty() && way.late.front().due <= steady_clock::now()) {
    const auto bytes = std::move(way.late.front().bytes);
    way.late.pop_front();
    if (::send(way.to, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
      pair.broken = true;
    }
  }
}

void Weather::run() {
  while (!stopped_) {
    std::vector<pollfd> sockets{{listening_.get(), POLLIN, 0}};
    for (const auto& pair : pairs_) {
      sockets.push_back({pair.client.get(), POLLIN, 0});
      sockets.push_back({pair.server.get(), POLLIN, 0});
    }
    ::poll(sockets.data(), sockets.size(), 2);
    std::size_t at = 1;
    for (auto& pair : pairs_) {
      if (sockets[at++].revents != 0) read(pair, pair.there);
      if (sockets[at++].revents != 0) read(pair, pair.back);
      write_due(pair, pair.there);
      write_due(pair, pair.back);
    }
    if ((sockets[0].revents & POLLIN) != 0) accept_one();
    pairs_.remove_if([this](const Pair& pair) { return pair.broken || parted_; });
  }
}

}  // namespace nightshift::tests
