// The rules of the house, each a function from the tree to what breaks it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/architecture/law.hpp"
#include "tests/architecture/tree.hpp"

namespace nightshift::architecture {

/// A place that breaks a rule, and what to do about it. Line 0 is the file as a whole.
struct Finding {
  std::string path;
  std::size_t line;
  std::string text;
};

using Findings = std::vector<Finding>;
using Check = Findings (*)(const Tree&, const Law&);

struct Rule {
  std::string_view name;
  Check check;
  /// A warning is printed and fails nothing.
  bool warning = false;
};

std::span<const Rule> rules();

// What may be included, see include_matrix.txt.
Findings includes(const Tree&, const Law&);
Findings rooted_includes(const Tree&, const Law&);

// Lines and calls.
Findings line_length(const Tree&, const Law&);
Findings file_length(const Tree&, const Law&);
Findings opening_sentence(const Tree&, const Law&);
Findings banned_calls(const Tree&, const Law&);
Findings unfinished_marks(const Tree&, const Law&);
Findings function_length(const Tree&, const Law&);

// The tree.
Findings folder_readme(const Tree&, const Law&);
Findings dead_sources(const Tree&, const Law&);
Findings dead_headers(const Tree&, const Law&);
Findings unreached_folders(const Tree&, const Law&);

}  // namespace nightshift::architecture
