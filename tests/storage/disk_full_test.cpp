// A disk that is full over and over again: what was acknowledged stays, what can be read is read,
// and with room everything goes on.
#include <boost/test/unit_test.hpp>

#include "storage/rocks.hpp"
#include "tests/storage/journal.hpp"
#include "tests/storage/workload.hpp"
#include "tests/support/small_disk.hpp"

namespace nightshift::storage {
namespace {

using tests::SmallDisk;

constexpr std::uint64_t mib = 1 << 20;

struct FullDisk {
  Result<std::unique_ptr<FileLog>> try_open(std::uint64_t reserve_bytes) {
    RocksOptions options;
    options.path = disk / "journal";
    options.identity = test_identity();
    options.now = [this] { return now += std::chrono::milliseconds(1); };
    options.reserve_bytes = reserve_bytes;
    // Small, so that tables are written too, not the WAL alone.
    options.write_buffer_bytes = 256 << 10;
    return open_rocks(std::move(options));
  }

  std::unique_ptr<FileLog> open(std::uint64_t reserve_bytes) {
    auto log = try_open(reserve_bytes);
    const std::string reason = log ? "" : std::string(log.error().message());
    BOOST_REQUIRE_MESSAGE(log.has_value(), reason << ", NIGHTSHIFT_SEED=" << seed);
    return std::move(*log);
  }

  /// Everything that was acknowledged can be read now.
  void check_reading(const EventLog& log) const {
    std::size_t found = 0;
    const auto read = log.scan_log(1, [&](const StoredRecord&) { return ++found > 0; });
    BOOST_TEST(read.has_value());
    BOOST_TEST(found >= acknowledged.count(), "NIGHTSHIFT_SEED=" << seed);
  }

  std::size_t up_to(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound)(random);
  }

  SmallDisk disk{64 * mib};
  Time now = test_time();
  Acknowledged acknowledged;
  std::uint64_t seed = test_seed();
  std::mt19937_64 random{seed};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(disk_full, FullDisk, *boost::unit_test::precondition(SmallDisk::available))

BOOST_AUTO_TEST_CASE(before_it_is_full_appends_are_refused_and_reads_go_on) {
  constexpr auto reserve = 8 * mib;
  const auto log = open(reserve);
  for (auto cycle = test_cycles(100); cycle > 0; --cycle) {
    BOOST_REQUIRE(run_workload(*log, acknowledged, random, 20));
    // Tables that are merged just now may make room again.
    bool refused = false;
    for (int tries = 0; tries < 100 && !refused; ++tries) {
      disk.fill(up_to(reserve - 1));
      refused = !run_workload(*log, acknowledged, random, 20);
    }
    BOOST_TEST(refused, "NIGHTSHIFT_SEED=" << seed);
    BOOST_TEST((log->stats().full || disk.free() >= reserve), "NIGHTSHIFT_SEED=" << seed);
    BOOST_TEST(log->head().offset == acknowledged.head->offset, "NIGHTSHIFT_SEED=" << seed);
    check_reading(*log);
    disk.give_back();
    BOOST_TEST(!log->stats().full);
  }
  BOOST_TEST(find_wrong(*log, acknowledged) == "", "NIGHTSHIFT_SEED=" << seed);
}

BOOST_AUTO_TEST_CASE(one_that_fills_up_under_a_write_stops_the_log_and_loses_nothing) {
  // RocksDB pauses for a second after each table that it cannot write.
  for (auto cycle = test_cycles(20); cycle > 0; --cycle) {
    {
      const auto log = open(0);
      disk.fill(up_to(mib));
      run_workload(*log, acknowledged, random, 200);
      check_reading(*log);
    }
    if (cycle % 2 == 0)
      if (const auto still_full = try_open(0)) check_reading(**still_full);
    disk.give_back();
    BOOST_TEST(find_wrong(*open(0), acknowledged) == "", "NIGHTSHIFT_SEED=" << seed);
  }
}

BOOST_AUTO_TEST_CASE(a_log_on_a_full_disk_opens_by_its_reserve) {
  constexpr auto reserve = 8 * mib;
  const auto file = disk / "journal/reserve";
  BOOST_REQUIRE(run_workload(*open(reserve), acknowledged, random, 50));
  BOOST_REQUIRE(std::filesystem::exists(file));
  disk.fill(0);
  BOOST_TEST(disk.free() == 0u);
  {
    const auto log = open(reserve);
    BOOST_TEST(!std::filesystem::exists(file));
    check_reading(*log);
  }
  disk.give_back();
  BOOST_TEST(find_wrong(*open(reserve), acknowledged) == "");
  BOOST_TEST(std::filesystem::exists(file));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::storage
