// How a node stands with its peers, as edges show it. No CAF and no OpenSSL here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/post.pb.h"
#include "messages/time.hpp"

namespace nightshift::runtime {
class Abroad;
}

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

/// What goes to and fro between this node and a peer.
struct PeerPost {
  std::string node;
  /// Commands in the outbox, and since when the first of them waits.
  std::uint64_t waiting = 0;
  std::uint64_t waiting_bytes = 0;
  std::optional<Time> waiting_since;
  /// Tells of this node's entities that their targets have not decided.
  std::uint64_t tells = 0;
  /// Why nothing of it is taken, and why it takes nothing of this node; empty where neither is so.
  std::string refused;
  std::string fenced;
};

/// Something that a peer sent and may not.
struct Offence {
  Time at{};
  std::string node;
  std::string what;
};

/// Thread-safe.
class PostView {
 public:
  virtual ~PostView() = default;
  virtual std::vector<PeerPost> peers() const = 0;
  /// The newest ones, oldest first.
  virtual std::vector<Offence> offences() const = 0;
  /// Commands that wait for this node, oldest first.
  virtual Result<std::vector<post::Item>> waiting(const std::string& node,
                                                  std::size_t most) const = 0;
  /// What became of those before, oldest first.
  virtual Result<std::vector<post::Answered>> answered(const std::string& node) const = 0;
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
  std::vector<PeerPost> posts;
  std::vector<Offence> offences;
};

class Replicas;

/// Thread-safe.
class ClusterView {
 public:
  virtual ~ClusterView() = default;
  virtual ClusterStatus status() const = 0;
  /// What is here of others' logs.
  virtual const Replicas& replicas() const = 0;
  /// What goes to and fro.
  virtual const PostView& post() const = 0;
  /// Carries commands to other nodes.
  virtual std::shared_ptr<Abroad> abroad() const = 0;
};

}  // namespace nightshift::runtime::cluster
