// What our uses of libsodium share. For this folder's .cpp files alone.
#pragma once

#include <sodium.h>

#include <cassert>
#include <string>
#include <string_view>

namespace nightshift::detail {

/// Starts libsodium before the first use of its randomness. Thread-safe, cheap once done.
inline void make_sodium_ready() {
  static const int started = sodium_init();
  assert(started >= 0);
  static_cast<void>(started);
}

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace nightshift::detail
