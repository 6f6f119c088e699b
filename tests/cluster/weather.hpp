// A bad line: a TCP proxy on loopback that delays what it carries and cuts connections, by a seed.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "runtime/descriptor.hpp"
#include "tests/support/dice.hpp"

namespace nightshift::tests {

class Weather {
 public:
  /// Carries to `target`, HOST:PORT on loopback.
  Weather(const std::string& target, std::uint64_t seed);
  ~Weather();

  /// Where it listens.
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Another target, from the next connection on.
  void lead_to(const std::string& target);
  /// Delays and cuts; otherwise it carries what comes.
  void storm(bool on) { storm_ = on; }
  /// Nothing gets through, and connections are cut.
  void part(bool on) { parted_ = on; }
  std::uint64_t cuts() const { return cuts_; }

 private:
  struct Late {
    std::chrono::steady_clock::time_point due;
    std::string bytes;
  };
  /// One direction of a connection.
  struct Way {
    int from = -1;
    int to = -1;
    std::deque<Late> late;
  };
  struct Pair {
    runtime::Descriptor client;
    runtime::Descriptor server;
    Way there;
    Way back;
    bool broken = false;
  };

  void run();
  void accept_one();
  void read(Pair& pair, Way& way);
  static void write_due(Pair& pair, Way& way);

  Dice dice_;
  runtime::Descriptor listening_;
  int port_ = 0;
  std::atomic<int> target_port_;
  std::atomic<bool> storm_ = false;
  std::atomic<bool> parted_ = false;
  std::atomic<bool> stopped_ = false;
  std::atomic<std::uint64_t> cuts_ = 0;
  std::list<Pair> pairs_;
  std::thread thread_;
};

}  // namespace nightshift::tests
