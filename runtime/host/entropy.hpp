// Randomness of the host: ids, salts, jitter. From the operating system, in batches; from a seed in
// a simulation.
#pragma once

#include <cstdint>
#include <span>

namespace nightshift::runtime::host {

/// Thread-safe.
void fill_random(std::span<char> out);

/// Makes this thread's randomness follow from the seed, for deterministic simulation.
void seed_this_thread(std::uint64_t seed);

}  // namespace nightshift::runtime::host
