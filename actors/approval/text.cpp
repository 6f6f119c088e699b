// Texts, one character at a time.
#include "actors/approval/text.hpp"

#include <cstdint>

#include "messages/characters.hpp"
#include "messages/utf8.hpp"

namespace nightshift::actors::text {
namespace {

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
    if (!take(code_point(text.substr(0, bytes)), text.substr(0, bytes))) return;
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
  std::uint32_t before = 0;
  for_each(text, [&](std::uint32_t c, std::string_view bytes) {
    const bool layout = c == '\n' || c == '\t';
    if (!layout && deceives(c, before)) {
      result += named(c);
    } else {
      result += bytes;
    }
    before = c;
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
