// How a node stands with its peers, as edges show it. No CAF and no OpenSSL here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace nightshift::runtime::cluster {

/// One peer as `cluster status` shows it.
struct PeerStatus {
  std::string node;
  /// Empty until it was seen.
  std::string role;
  bool up = false;
  bool dialed_by_us = false;
  std::uint32_t protocol = 0;
  std::string program;
  /// When the session came up or went down.
  Time since{};
  /// The last time that anything came from it.
  Time heard{};
  /// Why the last session or attempt ended; empty while one is up.
  std::string problem;
  std::uint64_t sessions = 0;
};

/// A connection that came to nothing.
struct Refusal {
  Time at{};
  /// Where it came from or went to.
  std::string address;
  std::string why;
};

struct SessionsStats {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::uint64_t half_open = 0;
  std::uint64_t up = 0;
};

/// All of it.
struct ClusterStatus {
  std::string node;
  std::string role;
  /// HOST:PORT; empty where the node only dials.
  std::string listens;
  /// Of the node's own certificate.
  Time expires{};
  /// The node only has an invitation yet.
  bool invited = false;
  bool has_authority = false;
  std::vector<PeerStatus> peers;
  SessionsStats sessions;
  std::vector<Refusal> refusals;
};

/// Thread-safe.
class ClusterView {
 public:
  virtual ~ClusterView() = default;
  virtual ClusterStatus status() const = 0;
};

}  // namespace nightshift::runtime::cluster
