// Rules about the tree: folders explain themselves, and every file belongs to the build.
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "tests/architecture/rules.hpp"

namespace nightshift::architecture {
namespace {

/// The words of a CMake file, without what stands for its own folder: "*/CMakeLists.txt".
std::vector<std::string> words_of(const File& lists) {
  std::vector<std::string> words;
  for (const auto& line : lists.lines) {
    if (line.starts_with("#")) continue;
    for (std::size_t begin = 0, end = 0; begin < line.size(); begin = end) {
      begin = line.find_first_not_of(" ()\"", end);
      if (begin == std::string::npos) break;
      end = std::min(line.find_first_of(" ()\"", begin), line.size());
      auto word = line.substr(begin, end - begin);
      if (const auto own = word.rfind("}/"); own != std::string::npos) word.erase(0, own + 2);
      words.push_back(std::move(word));
    }
  }
  return words;
}

/// What the build knows: paths and patterns from the top of the repository.
class Build {
 public:
  explicit Build(const Tree& tree) {
    for (const auto& file : tree) {
      if (!ends_in(file.path, {"CMakeLists.txt", ".cmake"})) continue;
      const std::string folder(folder_of(file.path));
      for (auto& word : words_of(file)) {
        named_.push_back(folder.empty() ? word : folder + "/" + word);
      }
    }
  }

  /// Whether the build names the path, plainly or by pattern.
  bool names(const std::string& path) const {
    return std::ranges::any_of(named_, [&](const std::string& pattern) {
      return fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0;
    });
  }

 private:
  std::vector<std::string> named_;
};

/// Whether a folder of tests mirrors a part of the house, which explains it: tests/storage.
bool mirrors(std::string_view folder, const std::set<std::string_view>& folders) {
  if (!folder.starts_with("tests/")) return false;
  folder.remove_prefix(6);
  return folders.contains(folder.substr(0, folder.find('/')));
}

}  // namespace

Findings folder_readme(const Tree& tree, const Law&) {
  std::set<std::string_view> folders;
  std::set<std::string_view> explained;
  for (const auto& file : tree) {
    if (file.path.starts_with(".")) continue;  // .ci: its one file says what it is
    for (auto folder = folder_of(file.path); !folder.empty(); folder = folder_of(folder)) {
      folders.insert(folder);
    }
    if (ends_in(file.path, {"README.md"})) explained.insert(folder_of(file.path));
  }
  Findings findings;
  for (const auto folder : folders) {
    if (explained.contains(folder) || mirrors(folder, folders)) continue;
    findings.push_back({std::string(folder), 0, "has no README.md: what it is, what it may know"});
  }
  return findings;
}

Findings dead_sources(const Tree& tree, const Law&) {
  Findings findings;
  const Build build(tree);
  for (const auto& file : tree) {
    if (!ends_in(file.path, {".cpp", ".proto"}) || build.names(file.path)) continue;
    findings.push_back({file.path, 0, "is built by nobody: no CMakeLists.txt names it"});
  }
  return findings;
}

Findings unreached_folders(const Tree& tree, const Law&) {
  Findings findings;
  const Build build(tree);
  for (const auto& file : tree) {
    const std::string folder(folder_of(file.path));
    if (!ends_in(file.path, {"CMakeLists.txt"}) || folder.empty()) continue;
    if (build.names(folder) || build.names(file.path)) continue;
    findings.push_back({file.path, 0, "is added by no CMakeLists.txt above it"});
  }
  return findings;
}

}  // namespace nightshift::architecture
