// Rules about includes and imports: who may see whom.
#include <algorithm>
#include <optional>
#include <set>

#include "tests/architecture/rules.hpp"

namespace nightshift::architecture {
namespace {

struct Include {
  std::size_t line;
  std::string target;
  bool quoted;
};

/// The headers that a C++ file includes or a Protobuf file imports.
std::vector<Include> includes_of(const File& file) {
  std::vector<Include> found;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    const std::string_view line = file.lines[i];
    if (!file.code[i].starts_with("#include ") && !file.code[i].starts_with("import ")) continue;
    const auto open = line.find_first_of("<\"");
    const auto close = line.find_last_of(">\"");
    if (open == std::string_view::npos || close <= open) continue;
    found.push_back({i + 1, std::string(line.substr(open + 1, close - open - 1)),
                     line[open] == '"' && !line.substr(open + 1).starts_with("google/")});
  }
  return found;
}

/// The kinds: folders of actors/.
std::set<std::string> kinds_of(const Tree& tree) {
  std::set<std::string> kinds;
  for (const auto& file : tree) {
    const auto folder = folder_of(file.path);
    if (folder.starts_with("actors/")) kinds.emplace(folder.substr(7, folder.find('/', 7) - 7));
  }
  return kinds;
}

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

std::optional<std::string> why_not_ours(const Part& part, const File& file,
                                        const std::string& target,
                                        const std::set<std::string>& kinds) {
  if (has(part.ours, "-kinds") && target.starts_with("messages/")) {
    const auto stem = target.substr(9, target.find('.') - 9);
    if (kinds.contains(stem)) return "knows no kind by name, so not " + target;
  }
  if (folder_of(target) == folder_of(file.path)) return std::nullopt;
  const auto holds = [&](const std::string& folder) { return target.starts_with(folder + "/"); };
  if (std::ranges::any_of(part.ours, holds)) return std::nullopt;
  return "may not include " + target;
}

/// The group of a foreign header; a plain name that is in no group is the standard's.
std::string group_of(const Law& law, const std::string& header) {
  for (const auto& group : law.groups) {
    for (const auto& pattern : group.patterns) {
      if (fits(pattern, header)) return group.name;
    }
  }
  return header.find_first_of("./") == std::string::npos ? "std" : "";
}

std::optional<std::string> why_not_foreign(const Part& part, const Law& law,
                                           const std::string& header) {
  const auto group = group_of(law, header);
  if (group.empty()) return "<" + header + "> is in no group of headers.txt";
  if (has(part.others, group)) return std::nullopt;
  return "may not include <" + header + "> (" + group + ")";
}

}  // namespace

Findings includes(const Tree& tree, const Law& law) {
  Findings findings;
  const auto kinds = kinds_of(tree);
  for (const auto& file : tree) {
    if (!is_cpp(file) && !ends_in(file.path, {".proto"})) continue;
    const auto part = std::ranges::find_if(
        law.parts, [&](const Part& candidate) { return fits(candidate.pattern, file.path); });
    if (part == law.parts.end()) {
      findings.push_back({file.path, 0, "belongs to no part of include_matrix.txt"});
      continue;
    }
    for (const auto& include : includes_of(file)) {
      const auto why = include.quoted ? why_not_ours(*part, file, include.target, kinds)
                                      : why_not_foreign(*part, law, include.target);
      if (why) findings.push_back({file.path, include.line, part->pattern + " " + *why});
    }
  }
  return findings;
}

Findings rooted_includes(const Tree& tree, const Law&) {
  Findings findings;
  std::set<std::string> known;
  for (const auto& file : tree) {
    known.insert(file.path);
    if (ends_in(file.path, {".proto"})) {
      known.insert(file.path.substr(0, file.path.size() - 6) + ".pb.h");
    }
  }
  for (const auto& file : tree) {
    for (const auto& include : includes_of(file)) {
      if (!include.quoted || known.contains(include.target)) continue;
      findings.push_back({file.path, include.line,
                          "\"" + include.target + "\" is no file from the top of the repository"});
    }
  }
  return findings;
}

Findings dead_headers(const Tree& tree, const Law&) {
  std::set<std::string> included;
  for (const auto& file : tree) {
    for (const auto& include : includes_of(file)) included.insert(include.target);
  }
  Findings findings;
  for (const auto& file : tree) {
    if (!ends_in(file.path, {".hpp", ".def"}) || included.contains(file.path)) continue;
    findings.push_back({file.path, 0, "is included by nobody"});
  }
  return findings;
}

}  // namespace nightshift::architecture
