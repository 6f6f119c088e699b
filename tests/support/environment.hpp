// Lengths and seeds of long tests, as the caller's environment says them.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace nightshift::tests {

inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace nightshift::tests
