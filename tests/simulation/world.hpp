// One simulated node with its callers and its receiver; everything follows from the seed.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "runtime/host/host.hpp"
#include "storage/memory.hpp"
#include "tests/support/receiver.hpp"

namespace nightshift::tests {

/// What a caller knows of a command that it sent, maybe more than once.
struct Sent {
  std::string key;
  EntityRef entity;
  std::shared_ptr<const google::protobuf::Message> body;
  enum { waiting, accepted, refused, unknown } outcome = waiting;
  std::uint64_t sequence = 0;
  bool created = false;
  bool asked = false;
};

struct WorldOptions {
  std::uint64_t seed = 1;
  int steps = 1500;
  runtime::ReceiverClass receiver = runtime::ReceiverClass::queryable;
};

class World {
 public:
  explicit World(WorldOptions options);
  ~World();

  /// Random steps, then peace: nothing is sent any more, and all that is under way ends.
  void run();

  /// What went wrong while it ran; empty if nothing did.
  const std::string& complaint() const { return complaint_; }
  const std::vector<Sent>& sent() const { return sent_; }
  const Receiver& receiver() const { return *receiver_; }
  storage::MemoryLog& log() { return *log_; }
  runtime::Node& node() { return *host_; }
  const runtime::Catalog& catalog() const { return *catalog_; }
  std::uint64_t crashes() const { return crashes_; }
  std::uint64_t kills() const { return kills_; }

 private:
  /// Takes the kinds of the program that starts next.
  void install();
  void start();
  void step();
  void send_new();
  void send_again();
  void ask(std::size_t index, std::shared_ptr<const google::protobuf::Message> body);
  void answered(std::size_t index, std::size_t turn, bool first, Result<runtime::Answer> answer);
  void accept(Sent& sent, const runtime::Answer& answer);
  void pump();
  void pass_time();
  /// A part of the tree, a branch of it, or an entity's actor.
  void kill_something();
  /// What its actor has not read is refused when that ends; the next one does not wait for it.
  void loosen(const EntityRef& entity);
  /// The process dies here: what is durable now is what the next one finds.
  void die();
  /// Starts the next process, if the last one died.
  void rise();
  void settle();
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  void complain(const std::string& what);

  const WorldOptions options_;
  std::mt19937_64 random_;
  std::shared_ptr<runtime::ManualClock> clock_;
  std::size_t program_ = 0;
  std::shared_ptr<runtime::Catalog> catalog_;
  std::shared_ptr<Receiver> receiver_;
  std::shared_ptr<storage::MemoryLog> log_;
  std::unique_ptr<runtime::host::Host> host_;

  /// What the dead process leaves; null while it lives.
  std::unique_ptr<storage::MemoryLog> left_;
  std::uint64_t process_ = 0;
  std::uint64_t crashes_ = 0;
  std::uint64_t kills_ = 0;
  bool quiet_ = false;

  std::vector<Sent> sent_;
  /// Turns of the commands that wait for an answer, per entity, in the order of sending.
  std::map<EntityRef, std::deque<std::size_t>> queues_;
  /// Turns whose actor was killed: they are answered when they are.
  std::set<std::size_t> unordered_;
  std::size_t turns_ = 0;
  std::string complaint_;
};

}  // namespace nightshift::tests
