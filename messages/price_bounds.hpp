// The bounds of the price table.
#pragma once

#include <cstdint>

namespace nightshift {

/// Micro-dollars per million tokens: a thousand dollars. What a call costs then fits 64 bits,
/// whatever 32 bits of each of the four classes say.
inline constexpr std::uint64_t rate_micro_usd_max = 1'000'000'000;

}  // namespace nightshift
