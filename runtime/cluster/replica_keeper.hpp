// One peer's log as it is kept here: verified, folded into views, with its signed head.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "messages/replication.pb.h"
#include "runtime/cluster/replicas.hpp"
#include "runtime/host/entity_state.hpp"
#include "runtime/reading.hpp"
#include "storage/audit.hpp"
#include "storage/replica.hpp"

namespace nightshift::runtime::cluster {

/// Reading is thread-safe, `take` and `see_head` are for one thread.
class ReplicaKeeper {
 public:
  /// What lies at `path`, or the beginning of the log with this lineage.
  static Result<std::shared_ptr<ReplicaKeeper>> open(std::string node,
                                                     const std::filesystem::path& path,
                                                     const std::optional<storage::Lineage>& lineage,
                                                     const Catalog& catalog);
  /// The same of an open log.
  static Result<std::shared_ptr<ReplicaKeeper>> open(std::string node,
                                                     std::unique_ptr<storage::ReplicaLog> log,
                                                     const Catalog& catalog);

  const std::string& node() const { return node_; }
  const storage::ReplicaLog& log() const { return *log_; }
  const Reading& reading() const { return reading_; }

  /// What came next. `corrupt` where it is not what follows: then it is not this log any more.
  /// Of any error but that one the same may come again.
  Result<void> take(replication::Ship ship);
  /// The offset that has to come next, at the beginning of a body.
  std::uint64_t next() const { return log_->head().offset + 1; }
  /// The session is over: forgets the parts of a batch that has not come whole.
  void part();

  /// The peer's newest head, signed. An error says how it shows that the log was changed.
  Result<void> see_head(const std::string& text, Time now);
  /// All that the peer had was here at this moment.
  void note_age(Time now);

  /// Why nothing more is taken; kept over restarts.
  std::string alarm() const;
  void raise(const std::string& why);

  std::uint64_t newest() const { return newest_; }
  /// `now`, while a session brings all that is new.
  std::optional<Time> as_of(Time now) const;

 private:
  ReplicaKeeper(std::string node, std::unique_ptr<storage::ReplicaLog> log, const Catalog& catalog);

  using States = std::unordered_map<EntityRef, std::unique_ptr<host::EntityState>>;
  struct Touched {
    storage::IndexValues before;
    bool usable = true;
  };

  Result<void> take_pieces(replication::Ship ship);
  Result<void> take_batch(const replication::Piece& piece);
  void fold(const Record& record, std::uint64_t offset);
  host::EntityState* state_of(const kernel::Kind& kind, const EntityRef& entity);
  void derive();

  const std::string node_;
  const std::unique_ptr<storage::ReplicaLog> log_;
  const Catalog& catalog_;
  const Reading reading_;
  replication::Piece half_;
  std::size_t half_bytes_ = 0;
  States states_;
  std::map<EntityRef, Touched> touched_;
  std::atomic<std::uint64_t> newest_ = 0;
  /// A session brings what is new, and all that was before is here.
  std::atomic<bool> live_ = false;
  mutable std::mutex mutex_;
  std::string alarm_;
  std::optional<Time> as_of_;
};

}  // namespace nightshift::runtime::cluster
