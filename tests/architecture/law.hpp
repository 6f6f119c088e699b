// The tables beside this file, read: who may include what, which calls are banned, who is excused.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nightshift::architecture {

/// A part of the house, by pattern, and what it may include.
struct Part {
  std::string pattern;
  /// Our folders; "-kinds" takes back the messages of single kinds.
  std::vector<std::string> ours;
  /// Names of header groups.
  std::vector<std::string> others;
};

/// Foreign headers under one name: "caf" is caf/*.
struct HeaderGroup {
  std::string name;
  std::vector<std::string> patterns;
};

struct BannedCall {
  std::string call;
  std::vector<std::string> where;
  std::string instead;
};

/// A finding of `rule` in a file that fits `pattern` is allowed, for a reason.
struct Exception {
  std::string rule;
  std::string pattern;
  std::string reason;
};

struct Law {
  std::vector<Part> parts;
  std::vector<HeaderGroup> groups;
  std::vector<BannedCall> banned;
  std::vector<Exception> exceptions;
};

/// Reads include_matrix.txt, headers.txt, banned_calls.txt and exceptions.txt of `folder`. Throws
/// std::runtime_error, with the line, when a table is malformed.
Law read_law(const std::filesystem::path& folder);

}  // namespace nightshift::architecture
