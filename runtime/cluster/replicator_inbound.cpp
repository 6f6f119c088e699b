// What a peer says about logs: its own, which is kept, and how much it has of this one.
#include <algorithm>

#include "runtime/cluster/replicator.hpp"

namespace nightshift::runtime::cluster {
namespace {

constexpr std::chrono::seconds pause_after_failure{10};

/// Whose log it is, and the names that it went by, the present one last.
struct Named {
  std::string node;
  std::vector<std::string> logs;

  bool was(const std::string& log) const { return std::ranges::find(logs, log) != logs.end(); }
};

/// Nothing where its bytes cannot be read.
std::optional<Named> named_in(const replication::Log& log) {
  Identity identity;
  if (!identity.ParseFromString(log.identity())) return std::nullopt;
  Named named{identity.node(), {identity.log_id()}};
  for (const auto& stored : log.restorations()) {
    Restoration restoration;
    if (!restoration.ParseFromString(stored)) return std::nullopt;
    named.logs.push_back(restoration.log_id());
  }
  return named;
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
  if (std::exchange(peer.named, true)) return alarm(node, peer, "it names two logs");
  const auto named = named_in(log);
  if (!named || named->node != node || !is_id(named->logs.back())) {
    return alarm(node, peer, "what it ships is not its own log");
  }
  const auto& log_id = named->logs.back();
  auto kept = keeper(node);
  if (kept && !named->was(kept->log().identity().log_id())) {
    return alarm(node, peer,
                 "it begins another log, " + log_id + ", that does not go on from the one here, " +
                     kept->log().identity().log_id());
  }
  if (!kept || kept->log().identity().log_id() != log_id) {
    storage::Lineage lineage{log.identity(),
                             {log.restorations().begin(), log.restorations().end()}};
    auto opened =
        ReplicaKeeper::open(node, options_.folder / node / log_id, lineage, *options_.catalog);
    if (!opened && opened.error().code == ErrorCode::corrupt) {
      return alarm(node, peer, opened.error().detail);
    }
    if (!opened) return report("the log of " + node + " cannot be kept: " + opened.error().detail);
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

void Replicator::have(const std::string& node, Peer& peer, bool again) {
  const auto kept = keeper(node);
  replication::Replication what;
  auto& have = *what.mutable_have();
  have.set_log_id(kept->log().identity().log_id());
  have.set_offset(kept->log().head().offset);
  have.set_digest(std::string(as_bytes(kept->log().last_digest())));
  have.set_again(again);
  say(peer, what);
}

std::optional<std::chrono::microseconds> Replicator::ask_again() {
  std::optional<std::chrono::microseconds> next;
  const auto now = options_.clock->elapsed();
  for (auto& [node, peer] : peers_) {
    if (!peer.up || !peer.ask_again) continue;
    if (*peer.ask_again <= now) {
      peer.ask_again.reset();
      have(node, peer, true);
    } else {
      next = std::min(next.value_or(*peer.ask_again - now), *peer.ask_again - now);
    }
  }
  return next;
}

/// That the peer holds another history of this log is found here as well as there.
void Replicator::read_have(const std::string& node, Peer& peer, const replication::Have& have) {
  if (have.log_id() != options_.log->identity().log_id()) return;
  if (!peer.wanted || have.again()) {
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
    peer.announced = 0;
  }
  peer.shipped = std::min(have.offset(), peer.next - 1);
}

void Replicator::read_ship(const std::string& node, Peer& peer, replication::Ship ship) {
  const auto kept = keeper(node);
  if (!kept || !kept->alarm().empty() || ship.pieces().empty()) return;
  if (peer.passing_over) {
    const auto& first = ship.pieces(0);
    if (peer.ask_again || first.first_offset() != kept->next() || first.at() != 0) return;
    peer.passing_over = false;
  }
  auto taken = kept->take(std::move(ship));
  if (taken) return have(node, peer);
  if (taken.error().code == ErrorCode::corrupt) return alarm(node, peer, taken.error().detail);
  // The disk, not the peer.
  report("the log of " + node +
         " cannot be kept, and is asked for again: " + std::string(taken.error().message()));
  peer.passing_over = true;
  peer.ask_again = options_.clock->elapsed() + pause_after_failure;
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
