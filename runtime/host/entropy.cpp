// Randomness of the host: each thread keeps a batch of the operating system's random bytes.
#include "runtime/host/entropy.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "messages/crypto.hpp"

namespace nightshift::runtime::host {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): good enough to make simulated ids differ.
struct Sequence {
  std::uint64_t state;

  std::uint64_t next() {
    auto mixed = state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
};

struct Pool {
  std::string bytes;
  std::size_t used = 0;
  std::optional<Sequence> seeded;

  void refill() {
    constexpr std::size_t batch_bytes = 4096;
    used = 0;
    if (!seeded) {
      bytes = random_bytes(batch_bytes);
      return;
    }
    bytes.resize(batch_bytes);
    for (auto& byte : bytes) byte = static_cast<char>(seeded->next());
  }
};

Pool& this_thread() {
  thread_local Pool pool;
  return pool;
}

}  // namespace

void fill_random(std::span<char> out) {
  auto& pool = this_thread();
  while (!out.empty()) {
    if (pool.used == pool.bytes.size()) pool.refill();
    const auto count = std::min(out.size(), pool.bytes.size() - pool.used);
    const auto from = pool.bytes.begin() + static_cast<std::ptrdiff_t>(pool.used);
    std::copy_n(from, count, out.begin());
    // What was given out is not kept: a salt protects a withheld payload.
    std::fill_n(from, count, '\0');
    pool.used += count;
    out = out.subspan(count);
  }
}

void seed_this_thread(std::uint64_t seed) {
  auto& pool = this_thread();
  pool = Pool{};
  pool.seeded = Sequence{seed};
}

}  // namespace nightshift::runtime::host
