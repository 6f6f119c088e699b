// Columns of text for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace nightshift::bridges::cli {

/// Cells are sanitised when they are added. The last column takes what is left of the width; where
/// that is too little, the widest column is cut.
class Table {
 public:
  explicit Table(std::vector<std::string> header);

  void add(const std::vector<std::string>& cells);
  bool empty() const { return rows_.size() == 1; }

  /// `columns`: of the terminal; nothing cuts nothing. The header is bold with `colour`.
  std::string render(std::optional<std::size_t> columns, bool colour) const;

 private:
  std::vector<std::size_t> widths(std::optional<std::size_t> columns) const;

  std::vector<std::vector<std::string>> rows_;
};

}  // namespace nightshift::bridges::cli
