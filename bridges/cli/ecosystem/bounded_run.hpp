// Another program, which may take so long and say so much, and is gone when this returns.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace nightshift::bridges::cli::ecosystem {

struct BoundedRun {
  /// The first is the program's path.
  std::vector<std::string> arguments;
  /// All of it: `NAME=VALUE`.
  std::vector<std::string> environment;
  std::chrono::milliseconds time_max{10'000};
  std::size_t answer_bytes_max = 4u << 20;
};

/// What it wrote to descriptor 3, which is its answer: stdout is thrown away, stdin is empty.
struct BoundedAnswer {
  std::string answer;
  /// The head of its stderr.
  std::string said;
  /// 128 and the signal's number where one ended it.
  int exit_code = -1;
};

/// Errors: `timed_out`, `too_large`, `io` where it cannot be started. What it started in its own
/// session ends with it.
Result<BoundedAnswer> run_bounded(const BoundedRun& run);

/// The program of this name in `path` (`PATH`).
std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path);

}  // namespace nightshift::bridges::cli::ecosystem
