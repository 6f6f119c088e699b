// Reads UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace nightshift {

/// How many bytes the character at the front of `text` takes; 0 if it is not UTF-8 (or empty).
inline std::size_t utf8_character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[n]); };
  const auto follows = [&](std::size_t n, unsigned low, unsigned high) {
    return n < text.size() && byte(n) >= low && byte(n) <= high;
  };
  if (text.empty()) return 0;
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

/// Appends the character `point`, which must be none of the surrogates and at most U+10FFFF.
inline void append_utf8(std::uint32_t point, std::string& out) {
  const auto follow = [&](unsigned shift) {
    out += static_cast<char>(0x80 | ((point >> shift) & 0x3F));
  };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    follow(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    follow(6), follow(0);
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    follow(12), follow(6), follow(0);
  }
}

/// How many bytes at the front of `text` are UTF-8; `text.size()` if all are.
inline std::size_t utf8_prefix_bytes(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size()) {  // ASCII is the rule, and goes by eights
      std::uint64_t word;
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080) == 0) {
        at += sizeof word;
        continue;
      }
    }
    const auto bytes = utf8_character_bytes(text.substr(at));
    if (bytes == 0) break;
    at += bytes;
  }
  return at;
}

/// All of `text` is UTF-8.
inline bool is_utf8(std::string_view text) { return utf8_prefix_bytes(text) == text.size(); }

/// How many characters (code points) `text` has, which is UTF-8.
inline std::size_t utf8_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

/// The first `count` characters of `text`; a byte that is no UTF-8 counts as one.
inline std::string_view utf8_front(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) {
    const auto bytes = utf8_character_bytes(text.substr(end));
    end += bytes == 0 ? 1 : bytes;
  }
  return text.substr(0, end);
}

/// The longest front of `text` that has at most `bytes_max` bytes and does not cut a character.
inline std::string_view utf8_cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace nightshift
