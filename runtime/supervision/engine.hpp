// What a supervisor does when a child ends: the rules of Erlang/OTP's `supervisor`, without actors.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "runtime/supervision/intensity.hpp"

namespace nightshift::runtime::supervision {

/// Who is restarted when one child ends: it alone; all; it and those that were started after it.
enum class Strategy : std::uint8_t { one_for_one, one_for_all, rest_for_one };

/// Which ends are followed by a restart: all; those that are failures; none.
enum class Restart : std::uint8_t { permanent, transient, temporary };

/// How a child ended. `asked`: somebody killed it on purpose; that is mended like a failure, but
/// does not count as one (here we differ from OTP, docs/decisions/supervision-tree.md).
enum class Exit : std::uint8_t { normal, shutdown, failed, asked };

/// How long a child may take to stop before it is killed; nothing means for ever.
using Patience = std::optional<std::chrono::milliseconds>;

struct Child {
  std::string name;
  Restart restart = Restart::permanent;
  Patience patience = std::chrono::milliseconds(5'000);
};

struct Rules {
  Strategy strategy = Strategy::one_for_one;
  Intensity intensity;
};

/// What is to be done next.
struct Order {
  enum class What : std::uint8_t {
    /// Nothing until something happens.
    wait,
    /// Start the child; answer with `started` or `exited`.
    start,
    /// Ask the child to end; answer with `exited`, or with `overdue` after its patience.
    stop,
    /// End the child without asking; answer with `exited`.
    kill,
    /// All children have ended, and so does the supervisor. Comes once, and last.
    end,
  };
  What what = What::wait;
  std::size_t child = 0;

  bool operator==(const Order&) const = default;
};

/// One supervisor's state. Children have the order in which they were added. One order is under way
/// at a time, as OTP's supervisor waits for each child; exits that come meanwhile wait their turn.
class Engine {
 public:
  explicit Engine(Rules rules) : rules_(rules), window_(rules.intensity) {}

  /// Another child, behind those there are. Started at once where the supervisor runs; one that
  /// cannot start then is dropped, and nothing else happens.
  Order add(Child child);

  // -- events; each answers with the next order

  /// Begins: starts the children in order. If one cannot start, all is stopped again.
  Order begin();
  Order started(std::size_t child);
  Order exited(std::size_t child, Exit exit, std::chrono::microseconds now);
  /// A child has not stopped within its patience.
  Order overdue(std::size_t child);
  /// Stops the children, the last first, and ends.
  Order shut_down();

  // -- state

  enum class State : std::uint8_t {
    /// Not started, or ended.
    down,
    starting,
    up,
    stopping,
    /// Never started again: a temporary one that ended, an added one that could not start.
    gone,
  };
  State state(std::size_t child) const { return children_[child].state; }
  const Child& child(std::size_t child) const { return children_[child].rule; }
  std::size_t size() const { return children_.size(); }
  /// Restarts were too frequent, or a child could not start at the beginning.
  bool gave_up() const { return gave_up_; }
  /// Everything that shall run does.
  bool settled() const { return phase_ == Phase::running && !current_; }

 private:
  enum class Phase : std::uint8_t { idle, beginning, running, restarting, adding, ending, ended };
  struct Member {
    Child rule;
    State state = State::down;
  };
  struct Step {
    bool start = false;
    std::size_t child = 0;
  };
  struct Ended {
    std::size_t child = 0;
    Exit exit = Exit::normal;
    std::chrono::microseconds at{};
  };

  Order next();
  /// The order of the plan's first step; nothing if there is none to do in it.
  std::optional<Order> take_step();
  /// What follows an exit that nobody ordered.
  void judge(const Ended& ended);
  void restart(std::size_t child, bool counts, std::chrono::microseconds now);
  /// One that was killed on purpose while it started is simply started again.
  void not_started(std::size_t child, Exit exit, std::chrono::microseconds now);
  void cannot_start(std::size_t child, std::chrono::microseconds now);
  void give_up();
  void rest(std::size_t child);
  void plan_stops(std::size_t first);
  void plan_starts(std::size_t first);

  Rules rules_;
  RestartWindow window_;
  Phase phase_ = Phase::idle;
  bool gave_up_ = false;
  std::vector<Member> children_;
  std::deque<Step> plan_;
  std::optional<Step> current_;
  std::deque<Ended> backlog_;
  std::deque<std::size_t> additions_;
};

}  // namespace nightshift::runtime::supervision
