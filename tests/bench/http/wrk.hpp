// Runs `wrk` against an address and reads its figures; runs helper programs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::bench {

/// A child process with a pipe from its output and one to its input.
class Child {
 public:
  /// `command` is a program and its arguments; found through PATH.
  explicit Child(const std::vector<std::string>& command);
  /// Closes its input and waits for it.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The next line without its end; nothing when the output has ended.
  std::optional<std::string> line();

 private:
  int pid_ = 0;
  int input_ = -1;
  int output_ = -1;
  std::string read_;
};

struct Figures {
  double requests_per_s = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  /// Answers that were not 2xx or 3xx, and broken connections.
  std::uint64_t errors = 0;
};

/// What is asked: `POST PREFIX N SUFFIX` with N from 0 to 999 at random.
struct Load {
  std::string url;
  std::string prefix;
  std::string suffix;
  std::string body;
  std::string token;
};

/// Measures for `seconds` with this many connections.
Figures run_wrk(const Load& load, int connections, int seconds);

}  // namespace nightshift::bench
