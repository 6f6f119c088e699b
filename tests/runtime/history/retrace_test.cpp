// What was asked can be told from what came of it: random histories, decided again.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "actors/all.hpp"
#include "runtime/history/example_text.hpp"
#include "runtime/history/redaction.hpp"
#include "tests/runtime/history/wandering.hpp"

namespace nightshift::tests {
namespace {

namespace history = runtime::history;

const auto kinds = boost::unit_test::data::make({"approval", "usage"});
constexpr int entities = 30;

/// Calls `check` with a random history of each seed.
void for_each_history(const std::string& kind,
                      const std::function<void(Scribe&, std::uint64_t seed)>& check) {
  const bool one = std::getenv("NIGHTSHIFT_SEED") != nullptr;
  const auto first = number_of("NIGHTSHIFT_SEED", 1);
  const auto seeds = one ? 1 : number_of("NIGHTSHIFT_SEEDS", 5);
  for (auto seed = first; seed < first + seeds; ++seed) {
    BOOST_TEST_CONTEXT("NIGHTSHIFT_SEED=" << seed) {
      Dice dice(seed);
      Scribe scribe;
      for (int i = 0; i < 300; ++i) {
        wander(scribe, kind + "/e" + std::to_string(dice.roll(entities)), dice);
      }
      check(scribe, seed);
    }
  }
}

}  // namespace

BOOST_DATA_TEST_CASE(without_another_policy_every_decision_comes_out_as_it_did, kinds, kind) {
  std::uint64_t decisions = 0;
  for_each_history(kind, [&](Scribe& scribe, std::uint64_t) {
    const auto told = scribe.what_if({});
    for (const auto& [entity, difference] : told.differences) {
      const auto& finding = difference.findings.front();
      BOOST_TEST(false, entity << " " << history::word(finding.sort) << " " << finding.event
                               << " at " << finding.places.front() << ": " << finding.detail
                               << (finding.changes.empty() ? "" : finding.changes[0].path));
    }
    BOOST_TEST(told.total.untold == 0u);
    decisions += told.total.decisions;
  });
  BOOST_TEST(decisions > 100u);
}

BOOST_DATA_TEST_CASE(every_history_is_a_test_that_passes_with_its_words_and_without, kinds, kind) {
  std::size_t decided = 0, bookkeeping = 0, steps = 0;
  for_each_history(kind, [&](Scribe& scribe, std::uint64_t) {
    for (int i = 0; i < entities; ++i) {
      const EntityRef entity{kind, "e" + std::to_string(i)};
      const auto example =
          history::record_example(*scribe.log(), *scribe.catalog(), actors::retraces(), entity);
      if (!example && example.error().code == ErrorCode::not_found) continue;
      BOOST_TEST_REQUIRE(example.has_value());
      const auto blank = history::redacted(*example, *scribe.catalog());
      BOOST_TEST_REQUIRE(blank.has_value());
      for (const auto* one : {&*example, &*blank}) {
        const auto text = history::to_text(*one, "");
        const auto read = history::example_from_text(text, *scribe.catalog());
        BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().detail));
        BOOST_TEST(history::to_text(*read, "") == text);
        const auto found = history::check_example(*read, *scribe.catalog());
        BOOST_TEST_REQUIRE(found.has_value());
        BOOST_TEST(found->empty(), (found->empty() ? "" : found->front()));
      }
      BOOST_TEST(blank->steps.size() == example->steps.size());
      for (const auto& step : example->steps) {
        ++steps;
        if (step.command) ++decided;
        if (step.why == "the host's own") ++bookkeeping;
      }
    }
  });
  // A settlement under an alias is the one decision that an event does not say to the letter.
  BOOST_TEST(decided + bookkeeping > steps * 8 / 10);
}

}  // namespace nightshift::tests
