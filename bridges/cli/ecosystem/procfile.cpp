// Reads a Procfile: a name, a colon, a line of the shell.
#include <algorithm>
#include <set>

#include "bridges/cli/ecosystem/document.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::cli::ecosystem {
namespace {

constexpr std::size_t lines_max = 1'000;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool is_name(std::string_view name) {
  const auto fits = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '-');
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, fits);
}

std::unexpected<Error> wrong(std::size_t line, const std::string& what) {
  return fail(ErrorCode::invalid, "line " + std::to_string(line) + " " + what);
}

}  // namespace

Result<std::vector<ProcfileLine>> read_procfile(std::string_view text) {
  if (utf8_prefix_bytes(text) != text.size()) return fail(ErrorCode::invalid, "it is not UTF-8");
  std::vector<ProcfileLine> lines;
  std::set<std::string_view> names;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const auto colon = line.find(':');
    const auto name = trimmed(line.substr(0, colon));
    const auto command = colon == line.npos ? "" : trimmed(line.substr(colon + 1));
    if (!is_name(name) || command.empty()) {
      return wrong(number, "is not \"name: command\"; names are letters, digits, _ and -");
    }
    if (command.find('\0') != command.npos) return wrong(number, "has a zero byte in it");
    if (!names.insert(name).second) {
      return wrong(number, "names \"" + std::string(name) + "\" a second time");
    }
    if (lines.size() == lines_max) {
      return wrong(number, "is one too many: " + std::to_string(lines_max) + " are the most");
    }
    lines.push_back({std::string(name), std::string(command)});
  }
  if (lines.empty()) return fail(ErrorCode::invalid, "it has no line \"name: command\"");
  return lines;
}

}  // namespace nightshift::bridges::cli::ecosystem
