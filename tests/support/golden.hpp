// Compares what was made with what is checked in; UPDATE_GOLDEN=1 writes it anew.
#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace nightshift::tests {

/// The whole file; empty if there is none.
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

inline bool updating_goldens() {
  const char* update = std::getenv("UPDATE_GOLDEN");
  return update != nullptr && std::string(update) == "1";
}

/// Fails with the first line that differs. `path` is relative to the top of the repository.
inline void check_golden(const std::filesystem::path& path, const std::string& made) {
  if (updating_goldens()) write_file(path, made);
  std::istringstream kept_lines(read_file(path));
  std::istringstream made_lines(made);
  std::string kept_line;
  std::string made_line;
  for (int line = 1;; ++line) {
    const bool kept_more = static_cast<bool>(std::getline(kept_lines, kept_line));
    const bool made_more = static_cast<bool>(std::getline(made_lines, made_line));
    if (!kept_more && !made_more) return;
    if (kept_more && made_more && kept_line == made_line) continue;
    BOOST_TEST(false, path.string() << ':' << line << " is stale. It has: "
                                    << (kept_more ? kept_line : "(nothing)")
                                    << "; made was: " << (made_more ? made_line : "(nothing)")
                                    << ". If that is meant, run the test with UPDATE_GOLDEN=1");
    return;
  }
}

}  // namespace nightshift::tests
