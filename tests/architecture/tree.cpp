// Reads the repository and blanks what is not code.
#include "tests/architecture/tree.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

namespace nightshift::architecture {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The end of what begins at `at` and is no code (comment, literal), or `at` itself.
std::size_t end_of_blank(std::string_view text, std::size_t at) {
  const auto past = [&](std::string_view mark, std::size_t from) {
    const auto found = text.find(mark, from);
    return found == std::string_view::npos ? text.size() : found + mark.size();
  };
  const auto rest = text.substr(at);
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) return past("*/", at + 2);
  if (rest.starts_with("R\"")) {
    const auto open = text.find('(', at);
    if (open == std::string_view::npos) return text.size();
    return past(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
  }
  const char quote = text[at];
  const bool separates_digits = quote == '\'' && at > 0 && is_word(text[at - 1]);
  if ((quote != '"' && quote != '\'') || separates_digits) return at;
  auto end = at + 1;
  while (end < text.size() && text[end] != quote && text[end] != '\n') {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(end + 1, text.size());
}

std::string without_comments(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < code.size();) {
    const auto end = end_of_blank(text, at);
    for (auto i = at; i < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return code;
}

bool is_ours(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  if (name == "CMakeLists.txt") return true;
  const auto extension = path.extension().string();
  if (!extension.empty() && name.front() != '.') {
    return ends_in(name, {".cpp", ".hpp", ".proto", ".def", ".cmake", ".sh", ".md"});
  }
  std::ifstream script(path);
  return script.get() == '#' && script.get() == '!';
}

bool is_skipped(const std::filesystem::path& folder) {
  const auto name = folder.filename().string();
  return name == ".git" || name == "build" || name == "node_modules";
}

}  // namespace

File make_file(std::string path, std::string_view text) {
  File file{std::move(path), split_lines(text), {}};
  if (ends_in(file.path, {".cpp", ".hpp", ".proto"})) {
    file.code = split_lines(without_comments(text));
  }
  return file;
}

Tree load_tree(const std::filesystem::path& root) {
  Tree tree;
  auto entry = std::filesystem::recursive_directory_iterator(root);
  for (; entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory() && is_skipped(entry->path())) entry.disable_recursion_pending();
    if (!entry->is_regular_file() || !is_ours(entry->path())) continue;
    std::ifstream stream(entry->path());
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    tree.push_back(make_file(entry->path().lexically_relative(root).string(), text));
  }
  std::ranges::sort(tree, {}, &File::path);
  return tree;
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool ends_in(std::string_view path, std::initializer_list<std::string_view> suffixes) {
  return std::ranges::any_of(suffixes, [&](auto suffix) { return path.ends_with(suffix); });
}

bool fits(const std::string& pattern, const std::string& path) {
  return fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
}

}  // namespace nightshift::architecture
