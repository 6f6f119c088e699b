// The program as its users run it: to its end, on a terminal, as a node that can be killed. Every
// process dies with the thread that started it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace nightshift::tests {

/// Every wait of a test ends by then, ten times what a slow machine needs.
inline constexpr std::chrono::seconds process_deadline{120};

/// How a process is run.
struct Launch {
  std::vector<std::string> arguments;
  /// Added to the environment of the test; an empty value takes a variable away.
  std::map<std::string, std::string> environment;
  /// 0 means the test's own.
  uid_t user = 0;
  /// What is run; empty means `NIGHTSHIFT_PROGRAM`.
  std::string program{};
};

struct Ended {
  /// 128 and the signal's number where one ended it.
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// `NIGHTSHIFT_PROGRAM`, and the arguments; stdin is empty. Killed at the deadline.
Ended run_program(const Launch& launch);
Ended run_program(std::vector<std::string> arguments);

/// What happens once the terminal shows a text that it has not shown before.
struct Typed {
  std::string after;
  /// A line that is typed.
  std::string text;
  /// Instead of that: done to the program, or to the terminal, whose descriptor it gets.
  std::function<void(pid_t program, int terminal)> act{};
};

/// On a terminal of its own; `out` is all that it showed. Fails the test where a text never comes,
/// and where the program leaves the terminal with other settings than it found.
Ended run_on_terminal(const Launch& launch, const std::vector<Typed>& script);

/// `nightshift node` in the foreground.
class NodeProcess {
 public:
  /// Waits for the ready line, the end of the process or the time.
  static NodeProcess start(const Launch& launch,
                           std::chrono::milliseconds ready_within = process_deadline);
  NodeProcess(NodeProcess&& other) noexcept;
  NodeProcess& operator=(NodeProcess&&) = delete;
  /// Kills.
  ~NodeProcess();

  bool ready() const { return !ready_line_.empty(); }
  const std::string& ready_line() const { return ready_line_; }
  /// HOST:PORT of the ready line.
  std::string address() const;
  pid_t pid() const { return pid_; }

  void signal(int number) const;
  /// True if it has ended, by then.
  bool ends_within(std::chrono::milliseconds time);
  /// Waits for the end; killed at the deadline. `out` is what came after the ready line.
  Ended wait();

 private:
  NodeProcess(pid_t pid, int out, int err) : pid_(pid), out_(out), err_(err) {}

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string ready_line_;
};

}  // namespace nightshift::tests
