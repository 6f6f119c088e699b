// Reads tables of the form "cell | cell | cell", "#" for comments.
#include "tests/architecture/law.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace nightshift::architecture {
namespace {

std::vector<std::string> words(const std::string& cell) {
  std::istringstream stream(cell);
  std::vector<std::string> result;
  for (std::string word; stream >> word;) result.push_back(word);
  return result;
}

std::string trimmed(const std::string& cell) {
  const auto first = cell.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return cell.substr(first, cell.find_last_not_of(' ') - first + 1);
}

std::vector<std::vector<std::string>> read_table(const std::filesystem::path& path,
                                                 std::size_t columns) {
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> cells;
    std::istringstream rest(line);
    for (std::string cell; std::getline(rest, cell, '|');) cells.push_back(trimmed(cell));
    if (cells.size() != columns) {
      throw std::runtime_error(path.string() + ": want " + std::to_string(columns) +
                               " columns in: " + line);
    }
    rows.push_back(std::move(cells));
  }
  return rows;
}

}  // namespace

Law read_law(const std::filesystem::path& folder) {
  Law law;
  for (const auto& row : read_table(folder / "include_matrix.txt", 3)) {
    law.parts.push_back({row[0], words(row[1]), words(row[2])});
  }
  for (const auto& row : read_table(folder / "headers.txt", 2)) {
    law.groups.push_back({row[0], words(row[1])});
  }
  for (const auto& row : read_table(folder / "banned_calls.txt", 3)) {
    law.banned.push_back({row[0], words(row[1]), row[2]});
  }
  for (const auto& row : read_table(folder / "exceptions.txt", 3)) {
    law.exceptions.push_back({row[0], row[1], row[2]});
  }
  return law;
}

}  // namespace nightshift::architecture
