// What this machine says of processes that run on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "bridges/cli/processes/roster.hpp"

namespace nightshift::bridges::cli {

/// Of a process and of everything that it has started.
struct Use {
  std::uint64_t memory_bytes = 0;
  /// Of one processor: 150 is one and a half.
  double cpu_percent = 0;
};

/// Looks at /proc, again and again: what a process used of a processor is what it used between two
/// looks. A pid counts only where boot and start time say that it is still the same process.
class Machine {
 public:
  /// `proc` is /proc, but in tests.
  explicit Machine(std::string proc = "/proc") : proc_(std::move(proc)) {}

  void look(std::span<const Process> processes);
  /// Nothing for what does not run, or not here.
  std::optional<Use> use_of(const Process& process) const;

 private:
  struct Seen {
    std::uint64_t ticks = 0;
    Use use;
  };

  std::string proc_;
  std::chrono::steady_clock::time_point looked_at_;
  /// By id and run.
  std::map<std::string, Seen> seen_;
};

}  // namespace nightshift::bridges::cli
