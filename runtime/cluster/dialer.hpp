// Connects to peers: again and again, with growing pauses, until a session is up. On a thread of
// its own; names are looked up on another, as that may take long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/clock.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::runtime::cluster {

/// Where a peer can be reached.
struct PeerAddress {
  std::string node;
  std::string host;
  std::uint16_t port = 0;
};

/// Thread-safe.
class Dialer {
 public:
  struct Options {
    std::vector<PeerAddress> peers;
    std::shared_ptr<Clock> clock;
    std::chrono::milliseconds connect_max{5'000};
    /// Between attempts: the shortest, and the longest.
    std::chrono::milliseconds pause{500};
    std::chrono::milliseconds pause_max{30'000};
    /// A connection to a peer; the socket does not block. On the dialer's thread; may not call
    /// back: what came of it is told later, by `lost` or `settled`. False if it cannot be taken.
    std::function<bool(const PeerAddress&, Descriptor)> connected;
    /// Called some times a second, on the dialer's thread: the sessions' sense of time.
    std::function<void()> pulse;
    /// It could not be reached.
    std::function<void(const PeerAddress&, const std::string& why)> failed;
  };

  explicit Dialer(Options options);
  ~Dialer() { stop(); }

  void start();
  /// Nothing is dialed any more.
  void stop();

  /// A session with this node is up: it is not dialed any more.
  void settled(const std::string& node);
  /// None is up: it is dialed again; at once if a session was up before.
  void lost(const std::string& node);

 private:
  struct Peer {
    PeerAddress address;
    enum class State { idle, due, connecting, handed_over } state = State::due;
    std::chrono::microseconds at{};
    std::uint32_t failures = 0;
    Descriptor socket;
  };

  struct Attempt {
    PeerAddress address;
    std::uint32_t failures = 0;
  };

  void run();
  void look_up();
  void begin(const PeerAddress& address, std::uint32_t attempt);
  void check(Peer& peer);
  void later(Peer& peer, const std::string& why);
  std::vector<Attempt> due(std::chrono::microseconds& longest);
  void wait(std::chrono::microseconds longest);

  const Options options_;
  Descriptor wake_;
  std::mutex mutex_;
  std::map<std::string, Peer> peers_;
  bool stopped_ = false;
  /// To be looked up and dialed.
  std::deque<Attempt> wanted_;
  std::condition_variable more_wanted_;
  std::thread thread_;
  std::thread lookups_;
};

}  // namespace nightshift::runtime::cluster
