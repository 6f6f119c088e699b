// UTF-8, one code point at a time.
#include "actors/approval/text.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace nightshift::actors::text {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

/// The code point at the beginning of `text`, or nothing where it is malformed.
std::optional<CodePoint> first_of(std::string_view text) {
  const auto lead = byte_at(text, 0);
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return std::nullopt;
  std::uint32_t value = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte_at(text, i) & 0xC0) != 0x80) return std::nullopt;
    value = value << 6 | (byte_at(text, i) & 0x3F);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least[bytes] || value > 0x10FFFF || surrogate) return std::nullopt;
  return CodePoint{value, bytes};
}

bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// Characters that reorder or hide what stands around them.
bool deceives(std::uint32_t c) {
  return c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

std::string named(std::uint32_t c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string hex;
  for (int shift = c > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) hex += digits[c >> shift & 0xF];
  return "<U+" + hex + ">";
}

/// Calls `take(code point, its bytes)` until it answers false; true if all was well-formed.
template <class Take>
bool for_each(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto next = first_of(text);
    if (!next) return false;
    if (!take(next->value, text.substr(0, next->bytes))) return true;
    text.remove_prefix(next->bytes);
  }
  return true;
}

}  // namespace

bool is_utf8(std::string_view text) {
  return for_each(text, [](std::uint32_t, std::string_view) { return true; });
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0) != 0x80;
  return count;
}

std::string truncated(std::string_view text, std::size_t count) {
  std::string result;
  for_each(text, [&](std::uint32_t, std::string_view bytes) {
    if (count == 0) return false;
    --count;
    result += bytes;
    return true;
  });
  return result;
}

bool has_control(std::string_view text) {
  bool found = false;
  for_each(text, [&](std::uint32_t c, std::string_view) {
    found = is_control(c);
    return !found;
  });
  return found;
}

std::string visible(std::string_view text) {
  std::string result;
  for_each(text, [&](std::uint32_t c, std::string_view bytes) {
    const bool layout = c == '\n' || c == '\t';
    if (!layout && (is_control(c) || deceives(c))) {
      result += named(c);
    } else {
      result += bytes;
    }
    return true;
  });
  return result;
}

std::string lower(std::string_view ascii) {
  std::string result(ascii);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace nightshift::actors::text
