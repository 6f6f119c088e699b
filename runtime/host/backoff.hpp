// How long to wait before something is tried again.
#pragma once

#include <chrono>
#include <cstdint>

namespace nightshift::runtime::host {

/// `base`, doubled with each failure from the second on, up to `longest`; with jitter of half of it
/// both ways, so that what failed together does not come back together.
std::chrono::microseconds backoff(std::chrono::microseconds base, std::uint32_t failures,
                                  std::chrono::microseconds longest);

}  // namespace nightshift::runtime::host
