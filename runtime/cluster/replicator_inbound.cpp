// What a peer says about logs: its own, which is kept, and how much it has of this one.
#include "runtime/cluster/replicator.hpp"

namespace nightshift::runtime::cluster {
namespace {

/// The name that the log goes by now; empty where its bytes cannot be read.
std::pair<std::string, std::string> node_and_log(const replication::Log& log) {
  Identity identity;
  if (!identity.ParseFromString(log.identity())) return {};
  auto log_id = identity.log_id();
  for (const auto& stored : log.restorations()) {
    Restoration restoration;
    if (!restoration.ParseFromString(stored)) return {};
    log_id = restoration.log_id();
  }
  return {identity.node(), log_id};
}

}  // namespace

void Replicator::read(const std::string& node, const std::string& body) {
  auto& peer = peers_[node];
  replication::Replication what;
  if (!what.ParseFromString(body)) return alarm(node, peer, "bytes that are no replication");
  switch (what.what_case()) {
    case replication::Replication::kLog: return read_log(node, peer, what.log());
    case replication::Replication::kHave: return read_have(node, peer, what.have());
    case replication::Replication::kShip:
      return read_ship(node, peer, std::move(*what.mutable_ship()));
    case replication::Replication::kHead: return read_head(node, peer, what.head().head());
    case replication::Replication::kBroken:
      peer.alarm =
          node + " takes nothing more of this node's log: " + what.broken().reason().substr(0, 512);
      return report(peer.alarm);
    default: return;
  }
}

void Replicator::read_log(const std::string& node, Peer& peer, const replication::Log& log) {
  const auto [named, log_id] = node_and_log(log);
  if (named != node || !is_id(log_id)) {
    return alarm(node, peer, "it ships the log of the node " + named);
  }
  auto kept = keeper(node);
  if (!kept || kept->log().identity().log_id() != log_id) {
    storage::Lineage lineage{log.identity(),
                             {log.restorations().begin(), log.restorations().end()}};
    auto opened =
        ReplicaKeeper::open(node, options_.folder / node / log_id, lineage, *options_.catalog);
    if (!opened) return alarm(node, peer, std::string(opened.error().message()));
    if (kept) {
      report(node + " goes on with log " + log_id + ", restored: its log " +
             kept->log().identity().log_id() + " was here up to record " +
             std::to_string(kept->log().head().offset));
    }
    kept = std::move(*opened);
    const std::lock_guard lock(mutex_);
    keepers_[node] = kept;
  }
  if (!kept->alarm().empty()) return alarm(node, peer, kept->alarm());
  if (!log.head().empty()) read_head(node, peer, log.head());
  if (kept->alarm().empty()) have(node, peer);
}

void Replicator::have(const std::string& node, Peer& peer) {
  const auto kept = keeper(node);
  replication::Replication what;
  auto& have = *what.mutable_have();
  have.set_log_id(kept->log().identity().log_id());
  have.set_offset(kept->log().head().offset);
  have.set_digest(std::string(as_bytes(kept->log().last_digest())));
  say(peer, what);
}

/// That the peer holds another history of this log is found here as well as there.
void Replicator::read_have(const std::string& node, Peer& peer, const replication::Have& have) {
  if (have.log_id() != options_.log->identity().log_id()) return;
  if (!peer.wanted) {
    const auto digest = storage::digest_at(*options_.log, have.offset());
    if (!digest) return report(digest.error().detail);
    if (have.offset() > options_.log->head().offset || !*digest ||
        as_bytes(**digest) != have.digest()) {
      peer.alarm = node + " has another history of this node's log up to record " +
                   std::to_string(have.offset()) + ": this log was cut or rewritten, or is a copy";
      return report(peer.alarm);
    }
    peer.wanted = true;
    peer.next = have.offset() + 1;
  }
  peer.shipped = std::min(have.offset(), peer.next - 1);
}

void Replicator::read_ship(const std::string& node, Peer& peer, replication::Ship ship) {
  const auto kept = keeper(node);
  if (!kept || !kept->alarm().empty()) return;
  if (auto taken = kept->take(std::move(ship)); !taken) {
    if (taken.error().code != ErrorCode::corrupt) {
      // The disk, not the peer: what is here stays, and more is asked for in the next session.
      return report("the log of " + node + " cannot be kept: " + taken.error().detail);
    }
    return alarm(node, peer, taken.error().detail);
  }
  have(node, peer);
}

void Replicator::read_head(const std::string& node, Peer& peer, const std::string& text) {
  const auto kept = keeper(node);
  if (!kept || !kept->alarm().empty()) return;
  if (auto seen = kept->see_head(text, options_.clock->now()); !seen) {
    alarm(node, peer, std::string(seen.error().message()));
  }
}

void Replicator::alarm(const std::string& node, Peer& peer, const std::string& why) {
  report("the log of " + node + " is not taken any more: " + why);
  if (const auto kept = keeper(node); kept && kept->alarm().empty()) kept->raise(why);
  replication::Replication what;
  what.mutable_broken()->set_reason(why);
  say(peer, what);
}

}  // namespace nightshift::runtime::cluster
