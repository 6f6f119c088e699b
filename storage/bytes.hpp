// Fixed-width big-endian numbers in keys and values: they sort as the numbers do.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

namespace nightshift::storage {

template <class Number>
std::array<char, sizeof(Number)> big_endian(Number number) {
  std::array<char, sizeof(Number)> bytes;
  for (std::size_t i = sizeof(Number); i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number);
  return bytes;
}

template <class Number>
void append_number(std::string& out, Number number) {
  const auto bytes = big_endian(number);
  out.append(bytes.data(), bytes.size());
}

/// Reads what `append_number` wrote at the front of `bytes`.
template <class Number>
Number read_number(std::string_view bytes) {
  assert(bytes.size() >= sizeof(Number));
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    number = static_cast<Number>(number << 8 | static_cast<unsigned char>(bytes[i]));
  return number;
}

template <std::size_t size>
std::string_view view_of(const std::array<char, size>& bytes) {
  return {bytes.data(), size};
}

/// A signed number so that its bytes sort as the numbers do.
inline std::uint64_t sortable(std::int64_t number) {
  return static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63);
}

inline std::int64_t from_sortable(std::uint64_t number) {
  return static_cast<std::int64_t>(number ^ (std::uint64_t{1} << 63));
}

}  // namespace nightshift::storage
