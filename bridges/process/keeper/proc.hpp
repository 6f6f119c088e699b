// What /proc says about processes of this machine.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::bridges::process {

/// A process, for as long as this start of the machine: a pid alone may be another's by now.
struct ProcessId {
  pid_t pid = 0;
  /// Ticks from the machine's start to its own.
  std::uint64_t start_ticks = 0;

  bool operator==(const ProcessId&) const = default;
};

/// One line of the table.
struct ProcessRow {
  ProcessId id;
  pid_t parent = 0;
  pid_t session = 0;
  /// It has ended, and waits for its parent to notice.
  bool zombie = false;
  /// What of it is in memory, shared parts included.
  std::uint64_t memory_bytes = 0;
};

/// Nothing where there is no such process.
std::optional<ProcessRow> read_process(pid_t pid);
/// All that can be seen.
std::vector<ProcessRow> read_processes();
/// The value of a variable that it was started with; nothing where that cannot be read.
std::optional<std::string> started_with(pid_t pid, std::string_view variable);
/// Changes with every start of the machine.
std::string boot_id();

/// Sends a signal to exactly this process, never to another that has its pid now. False where it is
/// gone, or may not be signalled.
bool signal_process(const ProcessId& process, int signal);

}  // namespace nightshift::bridges::process
