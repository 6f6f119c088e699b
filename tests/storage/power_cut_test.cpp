// Power cuts: unsynced bytes dropped or torn, unsynced names undone.
#include <boost/test/unit_test.hpp>

#include "tests/storage/faulty_journal.hpp"
#include "tests/storage/workload.hpp"

namespace nightshift::storage {
namespace {

constexpr std::uint64_t cuts_per_folder = 20;
constexpr std::uint64_t calls_between_cuts_max = 200;
constexpr std::size_t appends_max = 60;

/// Cuts the power again and again; what every opening found wrong is in `wrong`.
class Cutter {
 public:
  Cutter(std::uint64_t seed, bool sync) : random_(seed), sync_(sync) {}

  void cut_once() {
    if (!journal_) journal_ = std::make_unique<FaultyJournal>();
    auto& files = *journal_->files;
    files.power_off_at(files.calls() + 1 + random_() % calls_between_cuts_max);
    if (auto log = journal_->open(sync_)) {
      wrong = find_wrong(**log, acknowledged);
      if (files.is_off()) wrong.clear();
      if (wrong.empty()) run_workload(**log, acknowledged, random_, random_() % appends_max);
      log->reset();
    } else if (!files.is_off()) {
      wrong = log.error().message();
    }
    files.cut(random_);
    all_acknowledged = std::max(all_acknowledged, acknowledged.count());
    if (++cuts_ % cuts_per_folder == 0 && wrong.empty()) begin_anew();
  }

  std::string wrong;
  Acknowledged acknowledged;
  std::size_t all_acknowledged = 0;

 private:
  // The last cut is looked at, too.
  void begin_anew() {
    if (const auto log = journal_->open(sync_))
      wrong = find_wrong(**log, acknowledged);
    else
      wrong = log.error().message();
    journal_.reset();
    acknowledged = {};
  }

  std::mt19937_64 random_;
  const bool sync_;
  std::uint64_t cuts_ = 0;
  std::unique_ptr<FaultyJournal> journal_;
};

BOOST_AUTO_TEST_SUITE(power_cut)

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost) {
  const auto seed = test_seed();
  BOOST_TEST_MESSAGE("seed " << seed);
  Cutter cutter(seed, true);
  const auto cuts = test_cycles(300);
  for (std::uint64_t cut = 0; cut < cuts; ++cut) {
    cutter.cut_once();
    BOOST_REQUIRE_MESSAGE(cutter.wrong.empty(),
                          "seed " << seed << ", cut " << cut << ": " << cutter.wrong);
  }
  BOOST_TEST(cutter.all_acknowledged > 0u);
}

// The mutation of the test above: were it blind, this would not fail.
BOOST_AUTO_TEST_CASE(without_sync_acknowledged_records_are_lost) {
  const auto seed = test_seed();
  Cutter cutter(seed, false);
  for (int cut = 0; cut < 100 && cutter.wrong.empty(); ++cut) cutter.cut_once();
  BOOST_TEST(!cutter.wrong.empty(), "seed " << seed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
