// Copies of a log that is written meanwhile, and logs that were restored from one.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "storage/audit.hpp"
#include "storage/rocks.hpp"
#include "tests/storage/journal.hpp"
#include "tests/storage/workload.hpp"

namespace nightshift::storage {
namespace {

constexpr std::string_view some_key = "0123456789abcdef0123456789abcdef";

/// The value, or the end of the test with the error's text.
template <class T>
T must(Result<T> result) {
  const std::string reason = result ? "" : std::string(result.error().message());
  BOOST_REQUIRE_MESSAGE(result.has_value(), reason);
  return std::move(*result);
}

struct Folder {
  std::unique_ptr<FileLog> open(const std::filesystem::path& name) {
    RocksOptions options;
    options.path = folder.path() / name;
    options.identity = test_identity();
    options.now = [this] { return now += std::chrono::milliseconds(1); };
    options.reserve_bytes = 0;
    return must(open_rocks(std::move(options)));
  }

  /// Appends what has to be there; returns the head.
  ChainHead fill(FileLog& log, std::size_t appends) {
    BOOST_REQUIRE(run_workload(log, acknowledged, random, appends));
    return log.head();
  }

  std::vector<AuditFinding> findings(const std::filesystem::path& path,
                                     const std::optional<ChainHead>& kept) const {
    const auto log = must(open_rocks_for_reading(path));
    return must(verify(*log, kept)).findings;
  }

  TemporaryFolder folder;
  Time now = test_time();
  Acknowledged acknowledged;
  std::uint64_t seed = test_seed();
  std::mt19937_64 random{seed};
};

BOOST_FIXTURE_TEST_SUITE(copies, Folder)

BOOST_AUTO_TEST_CASE(a_copy_made_under_load_holds_all_that_was_acknowledged_before) {
  BOOST_TEST_MESSAGE("NIGHTSHIFT_SEED=" << seed);
  const auto log = open("log");
  for (int round = 0; round < 5; ++round) {
    const auto before = fill(*log, 40);
    const auto then = acknowledged;
    const auto copy = folder.path() / ("copy" + std::to_string(round));
    std::thread load([&] { fill(*log, 200); });
    const auto head = log->checkpoint(copy);
    load.join();
    BOOST_TEST(must(head).offset >= before.offset);
    BOOST_TEST(findings(copy, before).empty());
    BOOST_TEST(findings(copy, *head).empty());
    // What was not acknowledged before may be in it as well, so what must be there is compared.
    const auto read = open_rocks_for_reading(copy);
    for (const auto& [entity, payloads] : then.records) {
      std::size_t found = 0;
      BOOST_REQUIRE((*read)->scan_entity(entity, 1, [&](const StoredRecord&) {
        ++found;
        return true;
      }));
      BOOST_TEST(found >= payloads.size(), "seed " << seed);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_copy_is_a_log_of_its_own) {
  const auto log = open("log");
  const auto before = fill(*log, 20);
  BOOST_REQUIRE(log->checkpoint(folder.path() / "copy"));
  const auto then = acknowledged;
  fill(*log, 20);
  {
    const auto copy = open("copy");
    BOOST_TEST(copy->head().offset == before.offset);
    BOOST_TEST(find_wrong(*copy, then) == "");
  }
  BOOST_TEST(find_wrong(*log, acknowledged) == "");
}

BOOST_AUTO_TEST_CASE(nothing_is_copied_over_what_is_there) {
  const auto log = open("log");
  fill(*log, 5);
  std::filesystem::create_directories(folder.path() / "copy");
  BOOST_TEST(!log->checkpoint(folder.path() / "copy").has_value());
}

BOOST_AUTO_TEST_CASE(a_log_taken_up_again_goes_on_under_its_new_id_and_still_verifies) {
  const auto path = folder.path() / "log";
  const auto first = fill(*open("log"), 20);
  const auto taken = must(take_up_again(path, "second", some_key, now));
  BOOST_TEST(taken.log_id == "second");
  BOOST_TEST(taken.offset == first.offset);
  BOOST_TEST((taken.head != first.head));
  for (const auto& kept : {first, taken}) BOOST_TEST(findings(path, kept).empty());
  ChainHead later;
  {
    // Twice: before anything is written, and afterwards.
    open("log");
    const auto log = open("log");
    BOOST_TEST(log->identity().log_id() == "second");
    BOOST_TEST(log->identity().signing_key() == some_key);
    BOOST_TEST(log->identity().node() == "n1");
    BOOST_TEST((log->head().head == taken.head));
    later = fill(*log, 20);
    BOOST_TEST(later.log_id == "second");
  }
  open("log");
  const auto again = must(take_up_again(path, "third", some_key, now));
  const auto at_once = must(take_up_again(path, "fourth", some_key, now));
  const auto last = fill(*open("log"), 5);
  for (const auto& kept : {first, taken, later, again, at_once, last})
    BOOST_TEST(findings(path, kept).empty(), kept.log_id);
  BOOST_TEST(find_wrong(*open("log"), acknowledged) == "");
}

BOOST_AUTO_TEST_CASE(what_was_lost_by_a_restore_shows_against_a_head_kept_since) {
  const auto log = open("log");
  fill(*log, 20);
  const auto copy = folder.path() / "copy";
  const auto saved = log->checkpoint(copy);
  BOOST_REQUIRE(saved);
  const auto lost = fill(*log, 20);
  BOOST_REQUIRE(take_up_again(copy, "second", some_key, now));
  for (int more = 0; more < 2; ++more) {
    const auto found = findings(copy, lost);
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found.front().what.find("restored from a backup") != std::string::npos);
    acknowledged = {};
    fill(*open(copy), 60);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
