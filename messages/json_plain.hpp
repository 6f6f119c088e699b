// Where a JSON text needs a closer look. For this folder's .cpp files alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace nightshift::detail {

/// Neither a control, a quote, a backslash nor beyond ASCII.
inline bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

/// Of 8 bytes at once.
inline bool all_plain(const char* bytes) {
  constexpr std::uint64_t each = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x80 * each;
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  const auto has_zero = [](std::uint64_t w) { return (w - each) & ~w & tops; };
  const auto below_space = (word - 0x20 * each) & ~word & tops;
  const auto special = has_zero(word ^ ('"' * each)) | has_zero(word ^ ('\\' * each));
  return ((word & tops) | below_space | special) == 0;
}

/// How many plain characters stand at the front of `text`.
inline std::size_t plain_prefix(std::string_view text) {
  std::size_t n = 0;
  while (n + 8 <= text.size() && all_plain(text.data() + n)) n += 8;
  while (n < text.size() && is_plain(text[n])) ++n;
  return n;
}

}  // namespace nightshift::detail
