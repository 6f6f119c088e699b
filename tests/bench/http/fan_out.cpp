// Subscribers by the thousand.
#include "tests/bench/http/fan_out.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/bench/http/readers.hpp"
#include "tests/support/kinds/counter.hpp"
#include "tests/support/kinds/counter.pb.h"

namespace nightshift::bench {
namespace {

constexpr std::uint64_t events = 1'000;
constexpr std::size_t lines_of_frame = 4;
/// What our feed writes at once, in about.
constexpr std::size_t chunk_bytes = 32u << 10;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string follow_request(const std::string& token, const std::string& after) {
  return "GET /v1/events?after=" + after +
         " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer " +
         token + "\r\n\r\n";
}

void write_events(runtime::Node& node) {
  std::vector<std::future<void>> answered;
  for (std::uint64_t i = 0; i < events; ++i) {
    auto add = std::make_shared<counter::Add>();
    add->set_by(1);
    runtime::Command command;
    command.entity = {"counter", "f" + std::to_string(i % 64)};
    command.body = add;
    command.caller = kernel::Caller::of_host();
    auto done = std::make_shared<std::promise<void>>();
    answered.push_back(done->get_future());
    node.submit(std::move(command), [done](const auto& answer) {
      if (!answer) throw std::runtime_error("an event was refused");
      done->set_value();
    });
  }
  for (auto& one : answered) one.get();
}

/// A server that writes these bytes to each of its connections, some at a time.
double write_bare(const std::string& text, std::size_t followers) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  listen(listener, 4096);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  Readers readers(ntohs(address.sin_port), followers, "x");
  std::vector<int> sockets;
  while (sockets.size() < followers) sockets.push_back(accept(listener, nullptr, nullptr));
  const auto start = std::chrono::steady_clock::now();
  std::jthread writer([&] {
    for (std::size_t at = 0; at < text.size(); at += chunk_bytes) {
      const std::string_view chunk = std::string_view(text).substr(at, chunk_bytes);
      for (const int socket : sockets) send(socket, chunk.data(), chunk.size(), MSG_NOSIGNAL);
    }
  });
  readers.read(events * lines_of_frame);
  const double passed_s = seconds_since(start);
  writer.join();
  for (const int socket : sockets) close(socket);
  close(listener);
  return passed_s;
}

}  // namespace

FanOut measure_fan_out(runtime::Node& node, int port, const std::string& token,
                       std::size_t followers) {
  const std::string after = std::to_string(node.head().offset);
  const std::string request = follow_request(token, after);
  Readers readers(port, followers, request);
  // Each has been answered before the first event.
  const std::string answer = Readers::read_one(port, follow_request(token, "0"), "\r\n\r\n");
  const auto begin_of_frames = static_cast<long>(answer.find("\r\n\r\n") + 4);
  const auto lines = std::count(answer.begin(), answer.begin() + begin_of_frames, '\n');
  const auto lines_of_answer = static_cast<std::size_t>(lines);
  readers.read(lines_of_answer);
  const std::string end = ":" + std::to_string(node.head().offset + events) + "\n";
  const auto start = std::chrono::steady_clock::now();
  std::jthread writer([&] { write_events(node); });
  readers.read(lines_of_answer + events * lines_of_frame);
  const double passed_s = seconds_since(start);
  writer.join();
  const std::string all = Readers::read_one(port, request, end);
  const double frames = static_cast<double>(events * followers);
  return {frames / passed_s, frames / write_bare(all.substr(all.find("\r\n\r\n") + 4), followers)};
}

}  // namespace nightshift::bench
