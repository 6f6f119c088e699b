// A configuration that is a program: evaluated by node, where it can read its own folder and
// nothing else, reach nobody, and stay for a moment only.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "bridges/cli/ecosystem/document.hpp"

namespace nightshift::bridges::cli::ecosystem {

struct Evaluation {
  /// Absolute.
  std::filesystem::path file;
  /// Where node and bubblewrap are looked for.
  std::string path;
  std::string home;
  /// Variables that it may see, `NAME=VALUE`, beside PATH, HOME and LANG.
  std::vector<std::string> variables;
  /// Without bubblewrap, as PM2 does it: with all the rights of who asks.
  bool unconfined = false;
  std::chrono::milliseconds time_max{10'000};
};

struct Evaluated {
  Json document;
  /// Variables that it looked for in vain.
  std::vector<std::string> missed;
};

/// `invalid` says what it threw; `not_found` that node or bubblewrap is missing and what to do;
/// `timed_out`, `too_large`, `io`.
Result<Evaluated> evaluate_javascript(const Evaluation& evaluation);

}  // namespace nightshift::bridges::cli::ecosystem
