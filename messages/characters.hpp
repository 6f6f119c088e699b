// Characters, and those that deceive whoever reads them on a screen. Source: Unicode 15,
// DerivedCoreProperties (Default_Ignorable_Code_Point) and PropList (Bidi_Control).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace nightshift {

/// The code point of one character, which is UTF-8 and not empty.
constexpr std::uint32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t n) { return static_cast<std::uint8_t>(character[n]); };
  const auto size = character.size();
  std::uint32_t value = size == 1 ? byte(0) : byte(0) & (0xFFu >> (size + 1));
  for (std::size_t n = 1; n < size; ++n) value = value << 6 | (byte(n) & 0x3Fu);
  return value;
}

/// ASCII's controls and those above it; a line's end and a tab are among them.
constexpr bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// It reorders or hides what stands around it, ends lines, or cannot be seen itself.
constexpr bool is_unseen(std::uint32_t c) {
  struct Range {
    std::uint32_t first, last;
  };
  constexpr Range unseen[]{
      {0xAD, 0xAD},       {0x34F, 0x34F},   {0x61C, 0x61C},     {0x115F, 0x1160},
      {0x17B4, 0x17B5},   {0x180B, 0x180F}, {0x200B, 0x200F},   {0x2028, 0x202E},
      {0x2060, 0x206F},   {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
      {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
      {0xE0000, 0xE0FFF},
  };
  return std::ranges::any_of(unseen, [c](Range all) { return c >= all.first && c <= all.last; });
}

/// True of `c` behind `before`, unless it only tells an emoji to look like one.
constexpr bool deceives(std::uint32_t c, std::uint32_t before) {
  constexpr std::uint32_t emoji_style = 0xFE0F;
  const bool is_key = (before >= '0' && before <= '9') || before == '#' || before == '*';
  const bool is_emoji = is_key || before == 0xA9 || before == 0xAE ||
                        (before >= 0x2030 && before <= 0x33FF) || before >= 0x1F000;
  if (c == emoji_style && is_emoji && !is_unseen(before)) return false;
  return is_control(c) || is_unseen(c);
}

}  // namespace nightshift
