// The tables of a kind as text: for review, and as pages of the documentation.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/kernel/kind.hpp"

namespace nightshift::tests {

/// What was seen on many seeded walks; the same code gives the same result.
struct Lifecycle {
  /// (phase, event) -> the phases that it led to.
  std::map<std::pair<std::string, std::string>, std::set<std::string>> transitions;
  /// (phase, command) -> the events that it led to, and the names of the refusals.
  struct Answers {
    std::set<std::string> events;
    std::set<std::string> refusals;
  };
  std::map<std::pair<std::string, std::string>, Answers> answers;
};

Lifecycle explore(const kernel::Kind& kind);

/// `PHASE x COMMAND` or `PHASE x EVENT` of every cell that was not seen.
std::vector<std::string> unreached_cells(const kernel::Kind& kind, const Lifecycle& lifecycle);

/// Two aligned tables: phase by command, phase by event; `x` where there is a cell.
std::string matrices(const kernel::Kind& kind);

/// The page `docs/reference/lifecycle/KIND.md`: a Mermaid diagram and tables.
std::string lifecycle_page(const kernel::Kind& kind, const Lifecycle& lifecycle);

}  // namespace nightshift::tests
