// Lines that lie whole in what came are handed on without a copy.
#include "bridges/mcp/protocol/line_reader.hpp"

namespace nightshift::bridges::mcp {

/// True if the line is thrown away, from now on or already.
bool LineReader::too_long(std::string_view piece) {
  if (thrown_away_ == 0 && unfinished_.size() + piece.size() <= bytes_max_) return false;
  thrown_away_ += unfinished_.size() + piece.size();
  unfinished_ = {};
  return true;
}

std::size_t LineReader::take(std::string_view bytes, const OnLine& on_line) {
  std::size_t lost = 0;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    auto piece = bytes.substr(0, end);
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
    const bool known = thrown_away_ > 0;
    if (too_long(piece)) {
      lost += known ? 0 : 1;
      if (end != std::string_view::npos) thrown_away_ = 0;
      continue;
    }
    if (end == std::string_view::npos) {
      unfinished_ += piece;
      continue;
    }
    if (!unfinished_.empty()) piece = unfinished_ += piece;
    if (piece.ends_with('\r')) piece.remove_suffix(1);
    if (!piece.empty()) on_line(piece);
    unfinished_.clear();
  }
  return lost;
}

}  // namespace nightshift::bridges::mcp
