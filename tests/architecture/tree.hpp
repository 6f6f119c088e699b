// The repository as the rules see it: its source files, line by line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::architecture {

/// A file that people write: C++, Protobuf, CMake, shell, Markdown.
struct File {
  /// From the top of the repository: "runtime/node.cpp".
  std::string path;
  /// As written, without line ends.
  std::vector<std::string> lines;
  /// C++ and Protobuf only, else empty: the same lines with comments and the insides of literals
  /// blanked, so that columns stay.
  std::vector<std::string> code;
};

/// Sorted by path.
using Tree = std::vector<File>;

File make_file(std::string path, std::string_view text);

/// Every such file below `root`, build folders and Git's own left out.
Tree load_tree(const std::filesystem::path& root);

/// The folder of a path, "" at the top.
std::string_view folder_of(std::string_view path);

/// Whether the path ends in one of the suffixes.
bool ends_in(std::string_view path, std::initializer_list<std::string_view> suffixes);

/// Whether a shell pattern fits the whole path; `*` spans folders too.
bool fits(const std::string& pattern, const std::string& path);

/// C++ sources and headers.
inline bool is_cpp(const File& file) { return ends_in(file.path, {".cpp", ".hpp"}); }

}  // namespace nightshift::architecture
