// A question about a run, asked in rounds until it is answered.
#pragma once

#include <poll.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bridges/process/probe.hpp"

namespace nightshift::bridges::process {

/// Whether the process itself has said so (`notify`, `ipc`, `output`).
using HasSaid = std::function<bool(const Check&)>;

/// In each round everything is looked at at once. What the process says by itself counts the moment
/// that it is heard, and nothing else of its entry is looked at before. Used by one thread.
class Inquiry {
 public:
  Inquiry(AnyOf question, std::chrono::milliseconds timeout)
      : question_(std::move(question)), timeout_(timeout), reasons_(question_.size()) {}

  bool is_empty() const { return question_.empty(); }
  /// The next round begins then, at the earliest.
  void ask_at(Moment moment) { ask_at_ = moment; }

  struct Answer {
    /// The entry that holds; nothing where none does.
    std::optional<std::size_t> held;
    /// Why none does.
    std::string reasons;
  };
  /// Goes on; an answer once a round is over.
  std::optional<Answer> look(Moment now, const HasSaid& has_said);

  /// What is missing of each entry now, by the newest round.
  std::string missing(const HasSaid& has_said) const;

  void add_to(std::vector<pollfd>& watched) const;
  /// When to look again at the latest; nothing: when the process says something.
  std::optional<Moment> next_look() const;

 private:
  /// As the checks of an entry lie; none for what the process says by itself. Empty: left out.
  using Row = std::vector<std::optional<Probe>>;

  std::optional<std::size_t> said_entry(const HasSaid& has_said) const;
  void begin_round(Moment now, const HasSaid& has_said);
  bool holds(std::size_t entry, const HasSaid& has_said) const;
  bool is_over() const;
  std::string take_reasons();

  const AnyOf question_;
  const std::chrono::milliseconds timeout_;
  Moment ask_at_{0};
  std::vector<Row> rows_;
  /// Why an entry did not hold when it was looked at last.
  std::vector<std::string> reasons_;
  /// Nothing can be asked before the process has said something.
  bool silent_ = false;
};

}  // namespace nightshift::bridges::process
