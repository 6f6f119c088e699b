// A stream of bytes as lines, none longer than what was agreed.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace nightshift::bridges::mcp {

/// Keeps one unfinished line, and never more than `bytes_max` of it.
class LineReader {
 public:
  /// Called with a line without its end; valid until it returns.
  using OnLine = std::function<void(std::string_view line)>;

  explicit LineReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Takes bytes as they come. Empty lines are left out. Returns how many lines that are too long
  /// begin to be thrown away, up to their end.
  std::size_t take(std::string_view bytes, const OnLine& on_line);
  /// Of the line that is thrown away now; 0 where none is.
  std::size_t thrown_away() const { return thrown_away_; }

 private:
  bool too_long(std::string_view piece);

  const std::size_t bytes_max_;
  std::string unfinished_;
  std::size_t thrown_away_ = 0;
};

}  // namespace nightshift::bridges::mcp
