// Ships this node's log to its peers, and keeps theirs: by offset, with acknowledgement, verified
// batch by batch.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "messages/replication.pb.h"
#include "runtime/clock.hpp"
#include "runtime/cluster/courier.hpp"
#include "runtime/cluster/replica_keeper.hpp"
#include "runtime/cluster/replicas.hpp"

namespace nightshift::runtime::cluster {

struct ReplicatorOptions {
  std::shared_ptr<const storage::EventLog> log;
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<Clock> clock;
  /// Signs heads of this node's log, as its text form; may be empty.
  std::function<std::string(const storage::ChainHead&)> sign;
  /// `DATA/peers`: a folder per node, in it one per log.
  std::filesystem::path folder;
  /// Of one body.
  std::size_t piece_bytes = 256u << 10;
  std::function<void(std::string_view)> report;
};

/// Thread-safe. One thread of its own ships and writes.
class Replicator final : public Replicas {
 public:
  /// Opens what is there of others.
  static Result<std::shared_ptr<Replicator>> make(ReplicatorOptions options);
  ~Replicator() override;

  void start();
  void stop();

  void connect(Wire wire);
  void up(const std::string& node);
  void down(const std::string& node);
  void delivered(const std::string& node, std::string body);
  /// More may be sent, or there is more to send.
  void wake();

  std::vector<ReplicaStatus> replicas() const override;
  Result<std::optional<Elsewhere>> get(const EntityRef& entity) const override;
  Result<std::vector<Elsewhere>> list(const ListQuery& query) const override;
  std::optional<std::string> home_of(const EntityRef& entity) const override;

 private:
  using Job = std::move_only_function<void()>;

  struct Peer {
    bool up = false;
    /// It has said which log it ships.
    bool named = false;
    /// What is to be sent, in order.
    std::deque<std::string> queue;
    /// What the peer wants: whether it has said so, the next offset to ship, what it has.
    bool wanted = false;
    std::uint64_t next = 1;
    std::uint64_t shipped = 0;
    std::uint64_t announced = 0;
    std::string alarm;
    /// What came could not be kept: asked for again at this moment; what is still on its way until
    /// then is passed over.
    std::optional<std::chrono::microseconds> ask_again;
    bool passing_over = false;
  };

  explicit Replicator(ReplicatorOptions options) : options_(std::move(options)) {}

  Result<void> load();
  void run();
  void post_job(Job job);
  void pump(const std::string& node, Peer& peer);
  /// Adds the next bodies to the queue; false where there is nothing to ship.
  bool refill(const std::string& node, Peer& peer);
  /// Nothing where the log is being changed at this moment.
  Result<std::vector<std::string>> next_ships(Peer& peer);
  void greet(Peer& peer);
  void say(Peer& peer, const replication::Replication& what);

  void read(const std::string& node, const std::string& body);
  void read_log(const std::string& node, Peer& peer, const replication::Log& log);
  void read_have(const std::string& node, Peer& peer, const replication::Have& have);
  void read_ship(const std::string& node, Peer& peer, replication::Ship ship);
  void read_head(const std::string& node, Peer& peer, const std::string& text);
  void alarm(const std::string& node, Peer& peer, const std::string& why);
  void have(const std::string& node, Peer& peer, bool again = false);
  /// Returns how long until something is to be asked for again.
  std::optional<std::chrono::microseconds> ask_again();
  std::shared_ptr<ReplicaKeeper> keeper(const std::string& node) const;
  std::vector<std::shared_ptr<ReplicaKeeper>> keepers() const;
  void report(const std::string& line) const;

  const ReplicatorOptions options_;
  const std::unique_ptr<Alarm> alarm_ = options_.clock->alarm();

  mutable std::mutex mutex_;
  std::deque<Job> jobs_;
  bool stopped_ = false;
  std::map<std::string, std::shared_ptr<ReplicaKeeper>> keepers_;
  /// For others to see.
  std::map<std::string, std::pair<std::uint64_t, std::string>> shipped_;

  // The thread's own.
  std::thread thread_;
  Wire wire_;
  std::map<std::string, Peer> peers_;
};

}  // namespace nightshift::runtime::cluster
