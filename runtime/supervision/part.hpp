// A supervised part as its maker describes it, and the tree as edges see it. No actors here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/time.hpp"
#include "runtime/supervision/engine.hpp"

namespace nightshift::runtime::supervision {

/// How a part is doing.
struct Health {
  /// What waits to be done.
  std::size_t queued = 0;
  /// What went wrong last without ending it; empty if nothing did.
  std::string error;
};

/// A running part. Its destructor stops it, waits for its threads, and may take as long as the
/// part's patience; what it still had in memory is lost, what is durable is found by the next one.
class Component {
 public:
  virtual ~Component() = default;
  /// Thread-safe.
  virtual Health health() const { return {}; }
};

/// A part calls it, from any thread, when it cannot go on: it is ended and started again.
using Failed = std::function<void(std::string why)>;

struct Part {
  std::string name;
  Restart restart = Restart::permanent;
  Patience patience = std::chrono::milliseconds(60'000);
  /// Builds the part from durable state, on its actor's thread. An error or a throw is a failed
  /// start.
  std::function<Result<std::unique_ptr<Component>>(Failed failed)> start;
};

enum class PartState : std::uint8_t { starting, running, stopping, down, quarantined };
std::string_view word(PartState state);
std::string_view word(Strategy strategy);

/// One line of the tree.
struct PartView {
  /// `work/effects`; the node itself is `node`; an entity is `entities/KIND/ID`.
  std::string path;
  /// `supervisor`, `part` or `entity`.
  std::string_view type = "part";
  /// A supervisor's; empty for others.
  std::string_view strategy;
  PartState state = PartState::down;
  std::uint64_t restarts = 0;
  std::size_t queued = 0;
  std::string last_error;
  std::optional<Time> last_error_at;
  /// Since when it is in this state.
  Time since{};
};

/// The supervision tree as edges see it. Thread-safe.
class Tree {
 public:
  virtual ~Tree() = default;

  /// All of it, parents before their children, in the order of starting. Of the entities those that
  /// have failed or are quarantined.
  virtual std::vector<PartView> view() const = 0;
  /// Ends what runs there, now; its supervisor starts it anew, and nothing is counted against it.
  /// Returns before that has happened. Killing what cannot be built anew within the process (the
  /// journal, the node) starts the process anew. `not_found`: names the paths that there are.
  virtual Result<void> kill(std::string_view path) = 0;
  /// Lifts the quarantine of an entity, `entities/KIND/ID` or `KIND/ID`, which opens again with its
  /// next command. `not_found` where it is not quarantined.
  virtual Result<void> resume(std::string_view path) = 0;
  /// One more child of a branch; returns when it runs. Its own error if it cannot start.
  virtual Result<void> add(std::string_view branch, Part part) = 0;
};

}  // namespace nightshift::runtime::supervision
