// The verbs of PM2, each a function of the session and its own flags.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bridges/cli/processes/roster.hpp"
#include "bridges/cli/session.hpp"

namespace nightshift::bridges::cli {

struct ImportFlags {
  std::filesystem::path file;
  std::string environment;
  /// Only these apps; empty: all.
  std::vector<std::string> only;
  /// Variables of ours that a configuration in JavaScript may see.
  std::vector<std::string> pass;
  bool dry_run = false;
  bool no_start = false;
  bool unconfined = false;
  /// What runs already is restarted, so that it runs as it is defined now.
  bool restart = false;
};

struct StartFlags {
  /// Names, a file, or a program with its arguments.
  std::vector<std::string> words;
  /// Behind `--`.
  std::vector<std::string> arguments;
  /// Flags that define a process, as PM2 has them in a file: field and value.
  std::vector<std::pair<std::string, std::string>> fields;
  ImportFlags file;
};

struct SelectFlags {
  std::vector<std::string> words;
  /// As PM2 has it.
  bool update_env = false;
};

struct SignalFlags {
  std::string signal;
  std::vector<std::string> words;
};

struct ScaleFlags {
  std::string app;
  /// `4`, `+1`, `-1`.
  std::string count;
};

struct LogsFlags {
  std::vector<std::string> words;
  std::size_t lines = 15;
  bool follow = false;
  bool only_out = false;
  bool only_error = false;
  /// Without the names before the lines.
  bool raw = false;
};

struct MonitFlags {
  int every_s = 2;
};

struct StartupFlags {
  /// For the user's own systemd rather than the machine's.
  bool user = false;
  /// Where to write it; `-` is stdout. Empty: where systemd looks.
  std::string to;
};

// definitions
Result<void> import(Session& session, const ImportFlags& flags);
Result<void> start(Session& session, const StartFlags& flags);
Result<void> scale(Session& session, const ScaleFlags& flags);
Result<void> delete_processes(Session& session, const SelectFlags& flags);

// what runs
Result<void> stop(Session& session, const SelectFlags& flags);
Result<void> restart(Session& session, const SelectFlags& flags);
/// The instances of an app one after the other, each as soon as the one before is online.
Result<void> reload(Session& session, const SelectFlags& flags);
Result<void> signal(Session& session, const SignalFlags& flags);

// looking
Result<void> ps(Session& session);
Result<void> describe(Session& session, const SelectFlags& flags);
Result<void> show_environment(Session& session, const SelectFlags& flags);
Result<void> jlist(Session& session);
Result<void> prettylist(Session& session);
Result<void> monit(Session& session, const MonitFlags& flags);
Result<void> logs(Session& session, const LogsFlags& flags);
Result<void> flush(Session& session, const SelectFlags& flags);

// the node
Result<void> save(Session& session);
Result<void> resurrect(Session& session);
Result<void> startup(Session& session, const StartupFlags& flags);

/// One command for one process. Shows nothing.
Result<Process> command_process(Session& session, const Process& process, const std::string& word,
                                const std::string& body = "{}");
/// Waits until it is settled, and for `online` where it is on its way there; gives it as it is at
/// the latest when twice its time is over.
Result<Process> await_settled(Roster& roster, const Process& process);
/// A table of them as they are now.
void show_processes(Session& session, const std::vector<Process>& processes);

}  // namespace nightshift::bridges::cli
