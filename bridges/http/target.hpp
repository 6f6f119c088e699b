// The target of a request, taken apart: segments of the path, pairs of the query.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/error.hpp"

namespace nightshift::bridges::http {

/// No route has more.
inline constexpr std::size_t segments_max = 5;

class Target {
 public:
  /// `target` is in origin form and must outlive the result. Segments stay as they are: ids and
  /// words need no percent-encoding, and an encoded one is no id. Names and values of the query are
  /// decoded; `invalid` where that fails or yields control characters.
  static Result<Target> parse(std::string_view target);

  std::string_view path() const { return path_; }
  /// Empty where the path has more segments than any route.
  std::span<const std::string_view> segments() const { return {segments_.data(), count_}; }
  /// In the order of the query.
  const std::vector<std::pair<std::string, std::string>>& query() const { return query_; }

 private:
  std::string_view path_;
  std::array<std::string_view, segments_max> segments_;
  std::size_t count_ = 0;
  std::vector<std::pair<std::string, std::string>> query_;
};

}  // namespace nightshift::bridges::http
