// Other nodes as the host sees them: where an entity is at home, and how what is meant for it gets
// there. No CAF and no sessions here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "runtime/node.hpp"

namespace nightshift::runtime {

/// What makes a command a Tell: whose, the how-manieth to this target, and from where on the source
/// does not know yet what became of them.
struct Telling {
  EntityRef source;
  std::uint64_t n = 0;
  std::uint64_t open_from = 0;
};

/// A Tell whose target is at home elsewhere.
struct TellAbroad {
  EntityRef target;
  Telling telling;
  /// Name of the command's message, and its bytes.
  std::string command;
  std::string body;
  std::string correlation;
};

/// A command that is in the outbox, durably, as its entity's home is away.
struct Waiting {
  std::string node;
  std::string command_id;
};

/// Runs exactly once, on any thread; must not block.
using Sent = std::move_only_function<void(Result<std::variant<Answer, Waiting>>)>;

/// Thread-safe.
class Abroad {
 public:
  /// Takes a Tell of another node's entity to its target here.
  using Hear = std::function<void(Command, Telling, Reply)>;
  /// What the target decided; or an error after which it is told again.
  using Decided = std::function<void(const Result<void>&)>;

  virtual ~Abroad() = default;

  /// The node takes commands from here on, and until `close` has returned.
  virtual void open(Node& node, Hear hear) = 0;
  /// Nothing is called any more.
  virtual void close() = 0;

  /// The node where it is, or would be made; nothing where that is this one. Empty where it is not
  /// known which.
  virtual std::optional<std::string> home_of(const EntityRef& entity) const = 0;
  /// `decided` runs on another thread, or never: what is open is told again after a start.
  virtual void tell(const std::string& node, TellAbroad tell, Decided decided) = 0;
  /// Checks the command as its home would before its entity hears of it, and keeps it in the outbox
  /// until its home has decided it. A patient caller waits for that; others are told as soon as it
  /// is clear that it takes time.
  virtual void submit(const std::string& node, Command command, bool patient, Sent sent) = 0;
};

/// As `start_node` of a node alone, among others.
Result<std::unique_ptr<Node>> start_node(std::shared_ptr<storage::EventLog> log,
                                         std::shared_ptr<const Catalog> catalog,
                                         std::shared_ptr<Clock> clock,
                                         std::vector<std::shared_ptr<Executor>> executors,
                                         NodeOptions options, std::shared_ptr<Abroad> abroad);

}  // namespace nightshift::runtime
