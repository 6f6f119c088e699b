// Another program, which may take so long and say so much, and is gone when this returns.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace nightshift::runtime {

struct BoundedRun {
  /// The first is the program's path.
  std::vector<std::string> arguments;
  /// All of it: `NAME=VALUE`.
  std::vector<std::string> environment;
  /// What it reads on stdin. It may leave any of it unread: this process has to ignore SIGPIPE.
  std::string input;
  /// The descriptor that it answers on: 1, or 3, and then stdout is thrown away.
  int answer_descriptor = 3;
  /// Where this process is root: run as nobody, without any group.
  bool as_nobody = false;
  std::chrono::milliseconds time_max{10'000};
  std::size_t answer_bytes_max = 4u << 20;
  /// Asked several times a second: true ends it early.
  std::function<bool()> stop = {};
};

struct BoundedAnswer {
  std::string answer;
  /// The head of its stderr.
  std::string said;
  /// 128 and the signal's number where one ended it.
  int exit_code = -1;
};

/// Errors: `timed_out`, `too_large`, `stopping`, `io` where it cannot be started. What it started
/// in its own session ends with it.
Result<BoundedAnswer> run_bounded(const BoundedRun& run);

/// The program of this name in `path` (`PATH`).
std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path);

}  // namespace nightshift::runtime
