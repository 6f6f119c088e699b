// Rules about lines, opening sentences and words.
#include <algorithm>
#include <cctype>

#include "tests/architecture/rules.hpp"

namespace nightshift::architecture {
namespace {

constexpr std::size_t columns_max = 100;
constexpr std::size_t file_lines_max = 400;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Characters, not bytes: UTF-8's continuation bytes do not count.
std::size_t width(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// Whether `word` stands in the line, not as part of a longer identifier.
bool holds_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const auto end = at + word.size();
    const bool starts = at == 0 || !is_word(word.front()) || !is_word(line[at - 1]);
    const bool stops = end == line.size() || !is_word(word.back()) || !is_word(line[end]);
    if (starts && stops) return true;
  }
  return false;
}

/// Prose may flow; code may not.
bool is_prose(const File& file) { return ends_in(file.path, {".md"}); }

}  // namespace

Findings line_length(const Tree& tree, const Law&) {
  Findings findings;
  for (const auto& file : tree) {
    if (is_prose(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto columns = width(file.lines[i]);
      if (columns <= columns_max) continue;
      findings.push_back({file.path, i + 1, std::to_string(columns) + " columns; 100 is the most"});
    }
  }
  return findings;
}

Findings file_length(const Tree& tree, const Law&) {
  Findings findings;
  for (const auto& file : tree) {
    if (is_prose(file) || file.lines.size() <= file_lines_max) continue;
    findings.push_back(
        {file.path, 0, std::to_string(file.lines.size()) + " lines; is it one thing?"});
  }
  return findings;
}

Findings opening_sentence(const Tree& tree, const Law&) {
  Findings findings;
  for (const auto& file : tree) {
    if (is_prose(file)) continue;
    const std::string_view mark =
        ends_in(file.path, {".cpp", ".hpp", ".proto", ".def"}) ? "//" : "#";
    std::string opening;
    for (const auto& line : file.lines) {
      if (line.starts_with("#!")) continue;
      if (!line.starts_with(mark)) break;
      opening += line;
    }
    const bool is_help = opening.starts_with("#>");  // a command of tools/dev
    if (is_help || opening.find_first_of(".?!") != std::string::npos) continue;
    findings.push_back({file.path, 1, "opens without a sentence that says what it is for"});
  }
  return findings;
}

Findings banned_calls(const Tree& tree, const Law& law) {
  Findings findings;
  for (const auto& file : tree) {
    for (const auto& ban : law.banned) {
      const auto here = [&](const std::string& pattern) { return fits(pattern, file.path); };
      if (!is_cpp(file) || std::ranges::none_of(ban.where, here)) continue;
      for (std::size_t i = 0; i < file.code.size(); ++i) {
        if (!holds_word(file.code[i], ban.call)) continue;
        findings.push_back({file.path, i + 1, ban.call + ": " + ban.instead});
      }
    }
  }
  return findings;
}

Findings unfinished_marks(const Tree& tree, const Law&) {
  static constexpr std::string_view marks[] = {"TODO", "FIXME", "XXX", "HACK"};
  Findings findings;
  for (const auto& file : tree) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      for (const auto mark : marks) {
        if (!holds_word(file.lines[i], mark)) continue;
        findings.push_back({file.path, i + 1, std::string(mark) + ": do it, or open an issue"});
      }
    }
  }
  return findings;
}

}  // namespace nightshift::architecture
