// What this node has received of others' logs, for edges to read. No CAF here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/node.hpp"

namespace nightshift::runtime::cluster {

/// How far two nodes have each other's logs.
struct ReplicaStatus {
  std::string node;
  /// Of the peer's log: what is here, and the newest that it has spoken of.
  std::string log_id;
  std::uint64_t offset = 0;
  std::uint64_t newest = 0;
  /// At this moment everything was here that the peer had then.
  std::optional<Time> as_of;
  /// Of this node's log: what the peer has, durably.
  std::uint64_t shipped = 0;
  /// Why nothing more is taken of it, or shipped to it; empty where that is not so.
  std::string alarm;
};

/// An entity of another node, as it was.
struct Elsewhere {
  Answer answer;
  std::string home;
  std::optional<Time> as_of;
};

/// Thread-safe. Reading touches the disk.
class Replicas {
 public:
  virtual ~Replicas() = default;
  virtual std::vector<ReplicaStatus> replicas() const = 0;
  /// Nothing where no peer's log has it.
  virtual Result<std::optional<Elsewhere>> get(const EntityRef& entity) const = 0;
  /// Of all peers, in the order of ids, as `Node::list` of one.
  virtual Result<std::vector<Elsewhere>> list(const ListQuery& query) const = 0;
  /// The node whose log has the entity; nothing where none has.
  virtual std::optional<std::string> home_of(const EntityRef& entity) const = 0;
};

}  // namespace nightshift::runtime::cluster
