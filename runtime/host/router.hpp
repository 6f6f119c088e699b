// From an entity's name to its actor: activates on first use, passivates when idle. A striped map,
// not an actor; thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "messages/ids.hpp"
#include "runtime/host/actors.hpp"
#include "runtime/host/admission.hpp"

namespace nightshift::runtime::host {

/// Passivation has two phases. `sweep` marks the entry closing and mails `Passivate`; what comes
/// now is parked. The actor answers with `stay` (parked mails follow, nothing has happened) or
/// `leave` (the entry goes, or a new activation gets the parked mails). As no mail is sent to a
/// closing actor, `Passivate` is the last it reads: no mail is lost, and none overtakes another.
class Router {
 public:
  /// Makes the actor of one activation; the number is unique within the node's run.
  using Spawn =
      std::function<std::unique_ptr<Mailbox>(const EntityRef& entity, std::uint64_t activation)>;
  using Elapsed = std::chrono::microseconds;

  Router(Spawn spawn, std::size_t commands_per_entity_max);

  /// `overloaded` if the entity has too many calls under way; the call is then answered.
  void deliver(std::unique_ptr<Call> call, Elapsed now);
  /// The host's own mail: never refused.
  void send(const EntityRef& entity, Mail mail, Elapsed now);
  /// Only if this activation still lives.
  void send_to(const EntityRef& entity, std::uint64_t activation, Mail mail);

  /// Asks entities that nobody used since `before` to go.
  void sweep(Elapsed before);
  void stay(const EntityRef& entity, std::uint64_t activation);
  void leave(const EntityRef& entity, std::uint64_t activation);

  /// Ends the actor now, with the mails that it has not read; the next mail starts another. False
  /// if there is none.
  bool end(const EntityRef& entity);
  /// The same for all.
  void end_all();

  /// Ends all actors. What is sent later is dropped.
  void stop();

  std::size_t active() const { return active_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    std::uint64_t activation = 0;
    std::unique_ptr<Mailbox> mailbox;
    std::shared_ptr<Load> load;
    Elapsed used{};
    bool closing = false;
    std::deque<Mail> parked;
  };
  struct Stripe {
    std::mutex mutex;
    std::unordered_map<EntityRef, Entry> entries;
    bool stopped = false;
  };
  static constexpr std::size_t stripes_count = 64;

  Stripe& stripe(const EntityRef& entity);
  Entry& activate(Stripe& stripe, const EntityRef& entity);
  void start(const EntityRef& entity, Entry& entry);
  static void pass(Entry& entry, Mail& mail);

  Spawn spawn_;
  std::size_t commands_per_entity_max_;
  std::atomic<std::uint64_t> activations_ = 0;
  std::atomic<std::size_t> active_ = 0;
  std::array<Stripe, stripes_count> stripes_;
};

}  // namespace nightshift::runtime::host
