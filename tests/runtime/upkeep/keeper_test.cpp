// One backup a day, rehearsed, the newest few kept; and those that somebody asks for.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "runtime/upkeep/backup.hpp"
#include "runtime/upkeep/keeper.hpp"
#include "tests/runtime/upkeep/kept_folder.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;
namespace upkeep = runtime::upkeep;
using State = upkeep::BackupRun::State;

struct Keeping : KeptFolder {
  Keeping() {
    start();
    add("counter/c");
  }
  ~Keeping() { keeper.reset(); }

  void keep(std::size_t count = 3) {
    keeper = std::make_unique<upkeep::BackupKeeper>(upkeep::KeeperOptions{
        .folder = data,
        .log = *log,
        .catalog = catalog,
        .clock = clock,
        .plan = {.folder = folder, .at = std::chrono::hours(2), .keep = count},
        .report = [](bool, std::string_view line) { BOOST_TEST_MESSAGE("report: " << line); }});
    keeper->routine().start();
  }
  std::vector<upkeep::Backup> all() const { return upkeep::list_backups(root / "backups"); }
  void await(std::uint64_t made, std::uint64_t failed = 0) {
    eventually(
        [&] {
          const auto view = keeper->view();
          return view.made == made && view.failed == failed;
        },
        std::to_string(made) + " were made");
  }
  void await_next(const std::string& time) {
    eventually(
        [&] {
          const auto next = keeper->view().next_at;
          return next && to_rfc3339(*next) == time;
        },
        "the next is due at " + time);
  }

  fs::path folder = root / "backups";
  std::unique_ptr<upkeep::BackupKeeper> keeper;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(keeper, Keeping)

BOOST_AUTO_TEST_CASE(one_is_made_every_day_and_the_newest_stay) {
  keep();
  await(1);  // there was none
  await_next("2026-11-22T02:00:00Z");
  for (std::uint64_t day = 2; day <= 6; ++day) {
    add("counter/c");
    clock->advance(std::chrono::minutes(day == 2 ? 30 : 24 * 60));
    await(day);
  }
  await_next("2026-11-27T02:00:00Z");
  const auto kept = all();
  BOOST_REQUIRE(kept.size() == 3u);
  BOOST_TEST(kept.front().path.filename() == "nightshift-2026-11-26T020000Z");
  BOOST_TEST(kept.front().offset == 6u);
  for (const auto& backup : kept) {
    BOOST_REQUIRE(backup.rehearsal.has_value());
    BOOST_TEST(backup.rehearsal->error == "");
  }
}

BOOST_AUTO_TEST_CASE(a_missed_one_is_made_up_for_once) {
  keep();
  await(1);
  keeper->routine().stop();
  clock->advance(std::chrono::hours(73));
  keeper->routine().start();
  await(2);
  await_next("2026-11-26T02:00:00Z");
}

BOOST_AUTO_TEST_CASE(what_a_killed_one_left_goes_and_what_is_of_others_stays) {
  fs::create_directories(folder / "nightshift-2026-11-20T020000Z.partial" / "journal");
  fs::create_directories(folder / "nightshift-rehearsal");
  write_file(folder / "mine" / "file", "mine");
  keep();
  await(1);
  BOOST_TEST(!fs::exists(folder / "nightshift-2026-11-20T020000Z.partial"));
  BOOST_TEST(!fs::exists(folder / "nightshift-rehearsal"));
  BOOST_TEST(read_file(folder / "mine" / "file") == "mine");
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_made_is_tried_again_after_an_hour) {
  write_file(folder, "in the way");
  keep();
  await(0, 1);
  BOOST_TEST((keeper->view().scheduled->state == State::failed));
  await_next("2026-11-22T02:30:00Z");
  fs::remove(folder);
  clock->advance(std::chrono::hours(1));
  await(1, 1);
}

BOOST_AUTO_TEST_CASE(bad_ones_never_push_out_good_ones) {
  keep(2);
  await(1);
  const auto good = all().front().path;
  for (std::uint64_t day = 2; day <= 6; ++day) {
    clock->advance(std::chrono::hours(24));
    await(day);
    BOOST_REQUIRE(upkeep::write_rehearsal(all().front().path, {clock->now(), "it is damaged"}));
  }
  clock->advance(std::chrono::hours(24));
  await(7);
  const auto kept = all();
  BOOST_TEST((std::ranges::find(kept, good, &upkeep::Backup::path) != kept.end()));
  BOOST_TEST(kept.size() == 4u);  // two good, two bad
}

BOOST_AUTO_TEST_CASE(somebody_asks_for_one) {
  folder.clear();
  keep();
  BOOST_TEST((keeper->begin("backup").error().code == ErrorCode::invalid));
  BOOST_REQUIRE(keeper->begin(root / "asked").has_value());
  eventually([&] { return keeper->view().asked->state == State::done; }, "it is done");
  BOOST_TEST(must(upkeep::read_backup(root / "asked")).offset == 1u);
  BOOST_REQUIRE(keeper->begin(root / "asked").has_value());
  eventually([&] { return keeper->view().asked->state == State::failed; }, "it is refused");
  BOOST_TEST((keeper->view().asked->error.code == ErrorCode::invalid));
}

BOOST_AUTO_TEST_CASE(while_nobody_works_a_wish_waits_and_a_second_one_is_refused) {
  folder.clear();
  keep();
  keeper->routine().stop();
  BOOST_REQUIRE(keeper->begin(root / "asked").has_value());
  BOOST_TEST(keeper->begin(root / "asked").has_value());
  BOOST_TEST((keeper->begin(root / "other").error().code == ErrorCode::overloaded));
  keeper->routine().start();
  eventually([&] { return keeper->view().asked->state == State::done; }, "it is done");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
