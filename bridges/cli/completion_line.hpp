// A command line as far as it is finished, read along the parser's tables without running anything.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace nightshift::bridges::cli {

/// A line as far as it is finished.
struct Said {
  const CLI::App* verb = nullptr;
  std::vector<std::string> positionals;
  std::map<const CLI::Option*, std::vector<std::string>> options;
  /// The flag that wants the next word.
  const CLI::Option* waits = nullptr;
  bool flags_ended = false;
  /// A word that nobody knows: nothing is offered behind it.
  bool lost = false;
};

Said read_line(const CLI::App& root, std::span<const std::string> words);

bool takes_many(const CLI::Option& option);
/// `--name` of this verb or of one above it; null where there is none.
const CLI::Option* find_flag(const CLI::App* verb, const std::string& name);
/// The positional that takes the `n`-th word; null where there is none.
const CLI::Option* positional_at(const CLI::App& verb, std::size_t n);

}  // namespace nightshift::bridges::cli
