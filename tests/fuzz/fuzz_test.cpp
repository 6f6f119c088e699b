// Runs the fuzzed functions without libFuzzer: over their seeds, and over seeds that dice changed.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "tests/fuzz/fuzzer.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::fuzz {
namespace {

namespace fs = std::filesystem;

struct Target {
  const char* name;
  void (*function)(std::string_view);
};
constexpr Target targets[] = {
    {"fuzz_agent", agent},   {"fuzz_canonical", canonical}, {"fuzz_command_body", command_body},
    {"fuzz_draft", draft},   {"fuzz_ecosystem", ecosystem}, {"fuzz_front_matter", front_matter},
    {"fuzz_head", head},     {"fuzz_json", json},           {"fuzz_mcp", mcp_server},
    {"fuzz_record", record}, {"fuzz_secrets", secrets},     {"fuzz_settings", settings}};
constexpr int changes_per_seed = 50;

std::vector<fs::path> seeds_of(const Target& target) {
  std::set<fs::path> found;
  for (const auto& entry : fs::directory_iterator(fs::path("tests/fuzz/corpus") / target.name)) {
    found.insert(entry.path());
  }
  return {found.begin(), found.end()};
}

/// One byte set, added or dropped, or the end cut off.
void change(std::string& text, tests::Dice& dice) {
  const auto at = dice.roll(text.size() + 1);
  const auto byte = static_cast<char>(dice.roll(256));
  switch (dice.roll(4)) {
    case 0: text.insert(at, 1, byte); return;
    case 1: text.resize(at); return;
    case 2: text.erase(at, 1); return;
    default:
      if (at < text.size()) text[at] = byte;
  }
}

std::uint64_t seed_of_this_run() {
  const char* given = std::getenv("NIGHTSHIFT_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

BOOST_AUTO_TEST_SUITE(fuzzers)

BOOST_AUTO_TEST_CASE(every_seed_is_read) {
  for (const auto& target : targets) {
    const auto seeds = seeds_of(target);
    BOOST_TEST(!seeds.empty(), target.name << " has no seeds");
    for (const auto& seed : seeds) {
      BOOST_TEST_CHECKPOINT(seed);
      target.function(tests::read_file(seed));
    }
  }
}

BOOST_AUTO_TEST_CASE(changed_seeds_are_read_or_refused) {
  const auto start = seed_of_this_run();
  for (const auto& target : targets) {
    tests::Dice dice(start);
    for (const auto& seed : seeds_of(target)) {
      for (int i = 0; i < changes_per_seed; ++i) {
        BOOST_TEST_CHECKPOINT(seed << " change " << i << " NIGHTSHIFT_SEED=" << start);
        auto text = tests::read_file(seed);
        for (auto n = dice.roll(4) + 1; n > 0; --n) change(text, dice);
        target.function(text);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::fuzz
