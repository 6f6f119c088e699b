// Retention as edges see it: what would go, what went last, and the wish for it.
#pragma once

#include "runtime/upkeep/retention.hpp"

namespace nightshift::runtime::upkeep {

/// A run that was asked for, or was due.
struct RetentionRun {
  enum class State : std::uint8_t { running, done, failed };
  Time at{};
  State state = State::running;
  RetentionOutcome outcome;
  /// Why it failed.
  Error error;
};

struct RetentionView {
  /// Where archives go.
  std::filesystem::path folder;
  /// What is younger stays; zero: nothing goes.
  std::chrono::seconds keep{};
  std::optional<Time> next_at;
  /// The newest since the node started.
  std::optional<RetentionRun> run;
};

/// Thread-safe.
class Retention {
 public:
  virtual ~Retention() = default;
  /// Begins a run and returns; `view().run` says what becomes of it. A repeat while it runs changes
  /// nothing. Error `config` where nothing is ever archived.
  virtual Result<void> begin() = 0;
  /// What a run would do now. Looks at every entity, on the caller's thread. Errors as `begin`.
  virtual Result<Survey> plan() = 0;
  virtual RetentionView view() const = 0;
};

}  // namespace nightshift::runtime::upkeep
