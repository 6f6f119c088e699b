// Text for terminals.
#include "bridges/cli/text.hpp"

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <cwchar>

#include "messages/characters.hpp"
#include "messages/time.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::cli {
namespace {

/// One code point and the bytes it took; `valid` is false for a byte that starts none.
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

CodePoint decode(std::string_view text) {
  const auto bytes = utf8_character_bytes(text);
  if (bytes == 0) return {static_cast<unsigned char>(text[0]), 1, false};
  return {code_point(text.substr(0, bytes)), bytes, true};
}

std::string escape(const CodePoint& point) {
  char text[16];
  const char* form = !point.valid || point.value < 0x100 ? "\\x%02x" : "\\u{%x}";
  std::snprintf(text, sizeof text, form, point.value);
  return text;
}

std::size_t width_of(std::uint32_t value) {
  const int width = ::wcwidth(static_cast<wchar_t>(value));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string sanitise(std::string_view text, Lines lines) {
  std::string safe;
  safe.reserve(text.size());
  std::uint32_t before = 0;
  while (!text.empty()) {
    const auto point = decode(text);
    if (lines == Lines::keep && (text.starts_with('\n') || text.starts_with("\r\n"))) {
      if (point.value == '\n') safe += '\n';
    } else if (point.valid && point.value == '\n') {
      safe += "\\n";
    } else if (point.valid && point.value == '\t') {
      safe += lines == Lines::keep ? "    " : " ";
    } else if (point.valid && !deceives(point.value, before)) {
      safe += text.substr(0, point.bytes);
    } else {
      safe += escape(point);
    }
    before = point.value;
    text.remove_prefix(point.bytes);
  }
  return safe;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const auto point = decode(text);
    columns += width_of(point.value);
    text.remove_prefix(point.bytes);
  }
  return columns;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::size_t used = 0, bytes = 0;
  while (bytes < text.size()) {
    const auto point = decode(text.substr(bytes));
    const auto width = width_of(point.value);
    if (used + width + 1 > columns) break;
    used += width;
    bytes += point.bytes;
  }
  return std::string(text.substr(0, bytes)) + (columns > 0 ? "…" : "");
}

std::string local_time(std::string_view rfc3339) {
  const auto time = from_rfc3339(rfc3339);
  if (!time) return std::string(rfc3339);
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  std::tm parts{};
  char text[32];
  if (::localtime_r(&seconds, &parts) == nullptr) return std::string(rfc3339);
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return text;
}

}  // namespace nightshift::bridges::cli
