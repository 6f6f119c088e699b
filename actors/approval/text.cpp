// Texts, one character at a time.
#include "actors/approval/text.hpp"

#include <cstddef>
#include <cstdint>

#include "messages/utf8.hpp"

namespace nightshift::actors::text {
namespace {

/// The character at the beginning of `text`, which takes `bytes`.
std::uint32_t value_of(std::string_view text, std::size_t bytes) {
  const auto byte = [&](std::size_t n) { return static_cast<std::uint8_t>(text[n]); };
  std::uint32_t value = bytes == 1 ? byte(0) : byte(0) & (0xFFu >> (bytes + 1));
  for (std::size_t n = 1; n < bytes; ++n) value = value << 6 | (byte(n) & 0x3F);
  return value;
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

/// Calls `take(character, its bytes)` for each until it answers false or UTF-8 ends.
template <class Take>
void for_each(std::string_view text, Take take) {
  while (const auto bytes = utf8_character_bytes(text)) {
    if (!take(value_of(text, bytes), text.substr(0, bytes))) return;
    text.remove_prefix(bytes);
  }
}

}  // namespace

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
