// Text for terminals.
#include "bridges/cli/text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <cwchar>

#include "messages/time.hpp"

namespace nightshift::bridges::cli {
namespace {

/// One code point and the bytes it took; `valid` is false for a byte that starts none.
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {lead, 1, false};
  std::uint32_t value = lead & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
    value = value << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < smallest[size] || value > 0x10ffff || surrogate) return {lead, 1, false};
  return {value, size, true};
}

struct Range {
  std::uint32_t first, last;
};

/// Controls, and format characters that reorder, hide or join (Unicode, general categories Cc, Cf,
/// Zl, Zp).
constexpr std::array unsafe{
    Range{0x00, 0x1f},     Range{0x7f, 0x9f},     Range{0xad, 0xad},       Range{0x61c, 0x61c},
    Range{0x180e, 0x180e}, Range{0x200b, 0x200f}, Range{0x2028, 0x202e},   Range{0x2060, 0x206f},
    Range{0xfeff, 0xfeff}, Range{0xfff0, 0xfffb}, Range{0xe0000, 0xe0fff},
};

bool is_unsafe(std::uint32_t value) {
  for (const auto& range : unsafe) {
    if (value >= range.first && value <= range.last) return true;
  }
  return false;
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
  while (!text.empty()) {
    const auto point = decode(text);
    if (lines == Lines::keep && (text.starts_with('\n') || text.starts_with("\r\n"))) {
      if (point.value == '\n') safe += '\n';
    } else if (point.valid && point.value == '\n') {
      safe += "\\n";
    } else if (point.valid && point.value == '\t') {
      safe += lines == Lines::keep ? "    " : " ";
    } else if (point.valid && !is_unsafe(point.value)) {
      safe += text.substr(0, point.bytes);
    } else {
      safe += escape(point);
    }
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
