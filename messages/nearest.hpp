// The known word closest to a misspelt one, for "did you mean" in error texts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

/// How many letters must be added, dropped or changed to get from `a` to `b` (Levenshtein).
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// The word of `known` (a range of texts) that is closest to `word`, the first of several; empty
/// if `known` is. Words over 128 bytes are cut, so that a hostile name costs little.
template <class Range>
std::string nearest(std::string_view word, const Range& known) {
  std::string best;
  std::size_t best_distance = SIZE_MAX;
  for (const std::string_view candidate : known) {
    const auto distance = edit_distance(word.substr(0, 128), candidate.substr(0, 128));
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace nightshift
