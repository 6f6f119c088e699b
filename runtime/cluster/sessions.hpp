// All sessions of a node: it listens, it dials, and with every peer it keeps one session. No CAF
// here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/cluster.pb.h"
#include "messages/error.hpp"
#include "runtime/clock.hpp"
#include "runtime/cluster/dialer.hpp"
#include "runtime/cluster/session.hpp"
#include "runtime/cluster/status.hpp"

namespace nightshift::runtime::cluster {

struct SessionsOptions {
  /// Where to listen; port 0 takes a free one. An empty host: nowhere, this node only dials.
  std::string host;
  std::uint16_t port = 0;
  std::vector<PeerAddress> peers;
  /// DATA/cluster.
  std::filesystem::path trust;
  Greeting greeting;
  SessionLimits limits;
  /// So many connections may be in their handshake; the oldest of more gives way.
  std::size_t half_open_max = 64;
  std::chrono::milliseconds dial_pause{500};
  std::chrono::milliseconds dial_pause_max{30'000};
  std::shared_ptr<Clock> clock;
  /// One line for the operator.
  std::function<void(std::string_view)> report;

  // What a session brings; on one thread of the sessions, must not block. `up` and `down` of one
  // peer take turns.
  std::function<void(const SessionPeer&)> up;
  std::function<void(const std::string& node)> down;
  std::function<void(const std::string& node, Channel, std::string body)> delivered;
  /// More may be sent to it on this channel.
  std::function<void(const std::string& node, Channel)> credited;
};

/// Thread-safe. Destruction ends all sessions.
class Sessions {
 public:
  /// `config`, naming `cluster init`, where the node has no certificate; `io` where it cannot
  /// listen.
  static Result<std::unique_ptr<Sessions>> start(SessionsOptions options);
  virtual ~Sessions() = default;

  /// Where it listens; 0 if nowhere.
  virtual std::uint16_t port() const = 0;
  /// False where no session with this node is up, or its window is used up: `credited` follows.
  /// What was taken may still be lost with the session.
  virtual bool send(const std::string& node, Channel channel, std::string body) = 0;
  /// What was delivered is done with: the peer may send as much again.
  virtual void consumed(const std::string& node, Channel channel, std::uint64_t bytes) = 0;
  /// Of configured peers and of all that ever had a session, by name.
  virtual std::vector<PeerStatus> peers() const = 0;
  /// The newest ones, oldest first.
  virtual std::vector<Refusal> refusals() const = 0;
  virtual SessionsStats stats() const = 0;
};

}  // namespace nightshift::runtime::cluster
