// The host as edges and bridges see it: commands in, views and events out. No CAF here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "messages/authority.pb.h"
#include "messages/crypto.hpp"
#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "messages/record.pb.h"
#include "runtime/calendar.hpp"
#include "runtime/catalog.hpp"
#include "runtime/clock.hpp"
#include "runtime/executor.hpp"
#include "runtime/supervision/part.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime {

/// A command as an edge hands it in. The edge has authenticated the caller; scope, rules and phase
/// are checked by the host.
struct Command {
  EntityRef entity;
  /// The command message; its type is the command.
  std::shared_ptr<const google::protobuf::Message> body;
  /// Idempotency key; empty means a fresh one.
  std::string key;
  /// The edge has just made the key, to name it if the answer is late: it cannot be a repeat.
  bool key_is_fresh = false;
  /// If-Match: the sequence that the caller saw.
  std::optional<std::uint64_t> if_match;
  kernel::Caller caller;
  /// The first trigger of the chain; empty means this command's own id.
  std::string correlation;
  /// For a command of the host: streams of one kind that go to an archive if it is accepted, in the
  /// batch of its events.
  std::shared_ptr<const storage::Archival> archival = nullptr;
};

/// What an accepted command answers, and what reading an entity answers.
struct Answer {
  EntityRef entity;
  /// The id of the command that was answered.
  std::string command_id;
  std::uint64_t sequence = 0;
  Position position;
  bool created = false;
  std::string status;
  Time created_at{};
  Time updated_at{};
  /// An event of an unknown type stands behind this view.
  bool stale = false;
  /// Why it is in quarantine; empty if it is not.
  std::string quarantined;
  std::shared_ptr<const google::protobuf::Message> view;
  /// What is pending or was dispatched, in one of the five states (DESIGN.md section 5).
  std::vector<EffectView> effects;
};

/// Runs exactly once, on a thread of the host or, where the command is refused unseen, on that of
/// the caller before `submit` returns; must not block. Errors carry the command id in `instance`
/// where the outcome is unknown.
using Reply = std::move_only_function<void(Result<Answer>)>;

struct ListQuery {
  std::string kind;
  /// `FIELD=VALUE` on an indexed field or `status`; several narrow each other.
  std::vector<std::pair<std::string, std::string>> where;
  /// The last id of the page before; empty for the first.
  std::string after;
  std::size_t limit = 100;
};

struct ListPage {
  std::vector<Answer> items;
  /// Empty on the last page.
  std::string next;
};

/// One record, read: payload decoded where the type is known.
struct EventView {
  std::uint64_t offset = 0;
  Time written_at{};
  Record record;
  /// Null for a type that this program does not know.
  std::shared_ptr<const google::protobuf::Message> event;
  /// What happened, in words.
  std::string sentence;
};

/// What an entity tells another and does not get on with: the target cannot take it now, or the
/// source cannot write down what became of it. It is tried again; what was told later waits behind.
struct WaitingTell {
  EntityRef source;
  EntityRef target;
  std::uint64_t n = 0;
  /// Name of the command's message.
  std::string command;
  std::uint32_t attempts = 0;
  Time since{};
  std::string cause;
};

/// Counters for `/metrics`.
struct NodeStats {
  std::uint64_t commands_accepted = 0;
  std::uint64_t commands_refused = 0;
  std::uint64_t commands_in_flight = 0;
  std::uint64_t entities_active = 0;
  std::uint64_t entities_restarted = 0;
  std::uint64_t entities_quarantined = 0;
  /// Parts and supervisors of the tree that were started anew.
  std::uint64_t parts_restarted = 0;
  std::uint64_t effects_dispatched = 0;
  std::uint64_t effects_committed = 0;
  std::uint64_t effects_failed = 0;
  std::uint64_t effects_unknown = 0;
  std::uint64_t deadlines_fired = 0;
  /// By how their targets decided them.
  std::uint64_t tells_accepted = 0;
  std::uint64_t tells_refused = 0;
  std::uint64_t tells_waiting = 0;
  /// Counts the starts of the node on its log, from 1.
  std::uint64_t boot_epoch = 0;
  storage::LogStats log;
};

/// An entity that may not run until somebody resumes it.
struct QuarantinedEntity {
  EntityRef entity;
  std::string cause;
  Time since{};
};

/// Why the process must begin anew.
enum class ProcessEnd {
  /// The log has stopped, or supervision gave up. Ending the node waits for nothing that hangs.
  failed,
  /// Somebody killed what only a new process can replace.
  asked,
  /// A thread does not return: the node cannot be ended in order, the process must be replaced.
  stuck,
};

struct NodeOptions {
  /// Bounds at the edge (DESIGN.md section 6).
  std::size_t commands_in_flight_max = 16384;
  std::size_t commands_per_entity_max = 1024;
  std::size_t bytes_in_flight_max = 256u << 20;
  /// An entity that has not been used for so long is passivated.
  std::chrono::milliseconds idle_after{60'000};
  /// Scheduler threads of CAF; 0 means as many as cores, at least 2.
  std::size_t threads = 0;
  /// Worker threads for executors.
  std::size_t effect_threads = 2;
  /// Between attempts of an effect that provably failed before it acted.
  std::chrono::milliseconds effect_backoff{1'000};
  /// Processor time that one step of an entity may take before it counts as endless; zero: no
  /// bound.
  std::chrono::milliseconds step_cpu_max{10'000};
  /// Restarts of parts before their supervisor gives up.
  supervision::Intensity intensity{5, std::chrono::seconds(10)};
  /// Where the node's days begin.
  Zone zone;
  /// What the owner configured for kinds to decide by.
  kernel::OwnersData data = {};
  /// What was in quarantine when the node ended.
  std::vector<QuarantinedEntity> quarantined;
  /// Keeps what is in quarantine over the node's end; must be durable when it returns. Any thread.
  std::function<void(const std::vector<QuarantinedEntity>&)> keep_quarantine;
  /// Called once: the process must end and start again. Any thread.
  std::function<void(ProcessEnd, const Error&)> failed;
  /// One line for the operator's log: a bug in a kind, a restart, a quarantine. Any thread.
  std::function<void(std::string_view)> report;
  /// Named points where a crash test ends the process; called with the point's name.
  std::function<void(std::string_view)> crash_point;
};

/// The steps of entities that are being carried out in this process, in words: for those who wait
/// in vain for its end.
std::vector<std::string> running_steps();

/// Thread-safe. Destruction stops everything: what is queued is answered `stopping`.
class Node {
 public:
  virtual ~Node() = default;

  virtual const Catalog& catalog() const = 0;
  virtual const Identity& identity() const = 0;
  virtual Clock& clock() = 0;

  /// Asynchronous. Every answer, refusals and no-ops included, waits until what it was decided on
  /// is durable.
  virtual void submit(Command command, Reply reply) = 0;
  /// The same, waiting. `timed_out` leaves the command running: ask again with its id.
  Result<Answer> call(Command command, std::chrono::milliseconds timeout);

  // -- reading: durable state only

  virtual Result<Answer> get(const EntityRef& entity) const = 0;
  virtual Result<ListPage> list(const ListQuery& query) const = 0;
  /// How many entities of a kind have this status, counted in its index; `most` where there are
  /// more. `unknown_kind`.
  virtual Result<std::uint64_t> count(const std::string& kind, const std::string& status,
                                      std::uint64_t most) const = 0;
  /// Records after an offset, oldest first.
  virtual Result<std::vector<EventView>> events(std::uint64_t after, std::size_t limit) const = 0;
  /// Records of one entity after a sequence.
  virtual Result<std::vector<EventView>> events(const EntityRef& entity, std::uint64_t after,
                                                std::size_t limit) const = 0;
  /// A snapshot of who may do what.
  virtual std::shared_ptr<const Authority> authority() const = 0;
  virtual storage::ChainHead head() const = 0;
  /// What runs here, and how it is doing.
  virtual supervision::Tree& tree() = 0;
  virtual std::vector<WaitingTell> waiting_tells() const = 0;
  virtual NodeStats stats() const = 0;
  /// Why it takes no commands now: `unavailable`, `no_space`, `stopping`; nothing while it is
  /// ready. Says nothing of the host's paths: everybody may know it.
  virtual std::vector<Error> obstacles() const = 0;

  /// Calls back on a thread of the host after records became durable, with the newest offset.
  /// Must not block. Removed when the returned handle goes.
  using Watch = std::shared_ptr<void>;
  virtual Watch watch(std::function<void(std::uint64_t)> notify) = 0;
};

/// Starts the host on a log. Open effects and Tells are taken up again; deadlines that were missed
/// fire once, in their order, so many at a time. `bug` where a kind tells what no kind takes.
Result<std::unique_ptr<Node>> start_node(std::shared_ptr<storage::EventLog> log,
                                         std::shared_ptr<const Catalog> catalog,
                                         std::shared_ptr<Clock> clock,
                                         std::vector<std::shared_ptr<Executor>> executors,
                                         NodeOptions options);

}  // namespace nightshift::runtime
