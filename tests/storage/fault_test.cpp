// The n-th call fails, for every n: nothing is answered behind it, nothing acknowledged is lost.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/storage/faulty_journal.hpp"
#include "tests/storage/workload.hpp"

// RocksDB 7.8 forgets the new memtable when it cannot make the WAL file that goes with it.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:rocksdb::DBImpl::SwitchMemtable\n";
}

namespace nightshift::storage {
namespace {

constexpr int starts = 2;
constexpr std::size_t appends_per_start = 12;

/// A life of the log: made, filled, ended, started again, filled, ended. Ends early at an error.
void live(FaultyJournal& journal, const FaultPlan& plan, Acknowledged& acknowledged,
          std::mt19937_64& random) {
  for (int start = 0; start < starts; ++start) {
    auto log = journal.open();
    if (!log) return;
    if (run_workload(**log, acknowledged, random, appends_per_start)) continue;
    if (plan.fault == Fault::read_error && journal.failures == 0) continue;
    // The log has stopped: whatever comes later is refused, and the owner is told once.
    Acknowledged later;
    BOOST_TEST(!run_workload(**log, later, random, 1));
    BOOST_TEST(later.count() == 0u);
    log->reset();
    BOOST_TEST(journal.failures == 1);
    return;
  }
}

/// False once the fault came too late to strike.
bool strike(FaultPlan plan, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  FaultyJournal journal;
  Acknowledged acknowledged;
  journal.files->plan(plan);
  live(journal, plan, acknowledged, random);
  const bool struck = journal.files->struck();
  if (plan.at % 2 == 0)
    journal.files->cut(random);
  else
    journal.files->heal();
  const auto log = journal.open();
  const auto wrong = log ? find_wrong(**log, acknowledged) : std::string(log.error().message());
  BOOST_REQUIRE_MESSAGE(wrong.empty(), plan.fault << " at call " << plan.at
                                                  << (plan.sticky ? ", sticky" : "") << ", seed "
                                                  << seed << ": " << wrong);
  return struck;
}

constexpr std::array faults{Fault::io_error, Fault::no_space, Fault::short_write, Fault::sync_error,
                            Fault::read_error};

namespace bdata = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(fault)

BOOST_DATA_TEST_CASE(no_failing_call_loses_what_was_acknowledged, bdata::make(faults), fault) {
  const auto seed = test_seed();
  for (const bool sticky : {false, true}) {
    std::uint64_t at = 1;
    while (strike({fault, at, sticky}, seed + at)) at += rounds_skipped;
    BOOST_TEST_MESSAGE(fault << " struck up to call " << at - 1);
    BOOST_TEST(at > 1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
