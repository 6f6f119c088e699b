// Many seeded worlds; each failure names its seed.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>

#include "tests/simulation/checks.hpp"

namespace nightshift::tests {
namespace {

using runtime::ReceiverClass;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

void simulate(std::uint64_t seed) {
  constexpr ReceiverClass classes[] = {ReceiverClass::queryable, ReceiverClass::keyed,
                                       ReceiverClass::neither};
  World world({.seed = seed, .receiver = classes[seed % 3]});
  world.run();
  const auto broken = check(world);
  BOOST_TEST_MESSAGE("seed " << seed << ": " << world.sent().size() << " commands, "
                             << world.log().head().offset << " records, " << world.crashes()
                             << " crashes, " << world.kills() << " kills, "
                             << world.receiver().arrived() << " arrivals");
  BOOST_TEST(broken.empty(), "seed " << seed << ": " << broken << "; replay it with tools/dev "
                                     << "simulate " << seed);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(simulation)

BOOST_AUTO_TEST_CASE(every_seeded_world_keeps_the_promises) {
  if (std::getenv("NIGHTSHIFT_SEED") != nullptr) return simulate(setting("NIGHTSHIFT_SEED", 1));
  const auto seeds = setting("NIGHTSHIFT_SEEDS", 200);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) simulate(seed);
}

BOOST_AUTO_TEST_CASE(a_seed_makes_the_same_world_twice) {
  const auto head = [] {
    World world({.seed = 7});
    world.run();
    return world.log().head();
  };
  const auto first = head();
  BOOST_TEST(first.offset > 0u);
  BOOST_TEST((head().head == first.head));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
