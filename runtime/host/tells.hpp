// Delivers Tells: which are open, which are on their way, what is tried again.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messages/tell.pb.h"
#include "runtime/clock.hpp"
#include "runtime/host/call.hpp"
#include "runtime/host/mail.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::host {

/// Between attempts to reach a target that cannot take a Tell now.
inline constexpr std::chrono::seconds tell_backoff_max{60};

/// From whom to whom: the Tells of one line keep their order.
struct TellLine {
  EntityRef source;
  EntityRef target;
  auto operator<=>(const TellLine&) const = default;
};

/// The id under which the target decides it, and its refusal comes back.
std::string tell_id(const TellLine& line, std::uint64_t n);

/// True for what says nothing about the command: the target could not decide it now.
bool may_tell_again(ErrorCode code);

struct TellCounters {
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
};

/// Thread-safe. The rows of the log say what is open; of each line only the next are in memory.
/// Several of a line may be on their way at once: the target decides them in their order, and turns
/// away one that comes before its turn. The source settles them in that order.
class Tells {
 public:
  struct Parts {
    const storage::EventLog& log;
    const Clock& clock;
    /// Outlive this, as those of all before it.
    TellCounters& counters;
    std::chrono::milliseconds backoff;
    /// To the target; what it decided, or why it could not, is told to `answered`.
    std::function<void(const TellLine&, const TellWork&, std::uint64_t open_from)> deliver;
    /// To the source; whether it was written is told to `settled`.
    std::function<void(const TellLine&, std::uint64_t up_to,
                       std::optional<::nightshift::host::TellRefused>, std::string correlation)>
        settle;
    /// One line for the operator.
    std::function<void(std::string_view)> report;
    /// Something is due earlier than `poll` said.
    std::function<void()> wake;
  };

  explicit Tells(Parts parts) : parts_(std::move(parts)) {}

  /// Finds what is open; for the start.
  Result<void> find();
  /// A row became durable.
  void want(const storage::WorkKey& key, TellWork work);
  /// Sends what can be sent. Returns how long until the next, or nothing if there is none. By one
  /// thread at a time: what is sent keeps its order.
  std::optional<std::chrono::microseconds> poll();

  /// The target has decided: durable. Or it could not, and will be asked again.
  void answered(const TellLine& line, std::uint64_t n, const Result<void>& decided);
  void settled(const TellLine& line, std::uint64_t up_to, bool written);

  /// What waits for this entity, as a target or as a source, is tried at once.
  void hurry(const EntityRef& entity);

  /// Lines in memory: all that are open.
  std::size_t open() const;
  /// Lines whose target or source cannot take them now.
  std::vector<WaitingTell> waiting() const;

 private:
  enum class Step { open, sent, accepted, refused };
  struct Tell {
    TellWork work;
    Step step = Step::open;
    Error refusal;
  };
  struct Line {
    /// The next of those that the source has not settled, in order.
    std::deque<Tell> tells;
    /// The newest that was read from the log, and whether there are rows behind it.
    std::uint64_t read = 0;
    bool more = true;
    bool settling = false;
    /// Since when, how often and why it is stuck.
    std::uint32_t failures = 0;
    std::chrono::microseconds not_before{};
    Time since{};
    std::string cause;
  };
  struct Outbox;

  void serve(const TellLine& name, Line& line, Outbox& out);
  Result<void> refill(const TellLine& name, Line& line);
  static void settle(const TellLine& name, Line& line, Outbox& out);
  static void deliver(const TellLine& name, Line& line, Outbox& out);
  void send(Outbox& out);
  /// Needs the lock, as those below. True if the caller has to wake whoever polls.
  bool make_due(const TellLine& name);
  void fail(const TellLine& name, Line& line, std::string_view why);
  void turn_away(const TellLine& name, Line& line, Tell& tell, const Error& error);

  Parts parts_;
  mutable std::mutex mutex_;
  std::map<TellLine, Line> lines_;
  std::set<TellLine> due_;
  std::multimap<std::chrono::microseconds, TellLine> later_;
};

}  // namespace nightshift::runtime::host
