// Thousands of attacks on one node: what is executed is what honest people signed, each once.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <random>

#include "tests/siege/attacks.hpp"

namespace nightshift::tests {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void check_executed(Fort& fort) {
  const auto wanted = fort.wanted();
  const auto executed = fort.witness().executed();
  for (const auto& [digest, times] : executed) {
    BOOST_TEST(wanted.contains(digest), digest << " was executed, and nobody wanted it");
    BOOST_TEST(times == 1, digest << " was executed " << times << " times");
  }
  BOOST_TEST(executed.size() == wanted.size());
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_executed_but_what_honest_people_signed) {
  const auto seed = number_from("NIGHTSHIFT_SEED", std::random_device()());
  const auto cases = number_from("NIGHTSHIFT_CASES", 20'000);
  BOOST_TEST_CONTEXT("NIGHTSHIFT_SEED=" << seed) {
    Fort fort(seed);
    for (const auto& attack : attacks()) {
      BOOST_TEST_CONTEXT(attack.name) { attack.run(fort); }
      honest_work(fort);
    }
    for (std::uint64_t i = 0; i < cases; ++i) {
      const auto& attack = fort.dice().pick(attacks());
      BOOST_TEST_CONTEXT(attack.name << ", case " << i) { attack.run(fort); }
      if (i % 50 == 0) honest_work(fort);
    }
    check_executed(fort);
  }
}

}  // namespace nightshift::tests
