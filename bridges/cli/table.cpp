// Columns of text for people.
#include "bridges/cli/table.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "bridges/cli/text.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t column_width_min = 6;

}  // namespace

Table::Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }

void Table::add(const std::vector<std::string>& cells) {
  assert(cells.size() == rows_.front().size());
  auto& row = rows_.emplace_back();
  for (const auto& cell : cells) row.push_back(sanitise(cell, Lines::escape));
}

std::vector<std::size_t> Table::widths(std::optional<std::size_t> columns) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  if (!columns) return widths;
  auto total = std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
  while (total > *columns) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= column_width_min) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string Table::render(std::optional<std::size_t> columns, bool colour) const {
  const auto fit = widths(columns);
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto cell = cut_to_width(row[i], fit[i]);
      line += cell;
      if (i + 1 < row.size()) line.append(fit[i] - display_width(cell) + gap, ' ');
    }
    line.resize(line.find_last_not_of(' ') + 1);
    const bool bold = colour && &row == &rows_.front();
    text += (bold ? "\033[1m" : "") + line + (bold ? "\033[0m\n" : "\n");
  }
  return text;
}

}  // namespace nightshift::bridges::cli
