// What is at rest and old goes to an archive, and nothing else: not what is held or in use, and
// nothing before its archive is whole.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "messages/custody.pb.h"
#include "runtime/audit.hpp"
#include "runtime/replay.hpp"
#include "runtime/upkeep/archive.hpp"
#include "runtime/upkeep/archivist.hpp"
#include "runtime/upkeep/backup.hpp"
#include "runtime/upkeep/restore.hpp"
#include "runtime/upkeep/retention.hpp"
#include "storage/export.hpp"
#include "tests/runtime/upkeep/kept_folder.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"
#include "tools/custody/node_custody.hpp"

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;
namespace upkeep = runtime::upkeep;

/// Ends a run where a crash would.
struct Crash {};

struct Retaining : KeptFolder {
  Retaining() {
    start();
    finish("errand/done");
    finish("errand/done-too");
    must(reserve("errand/reserved"));
    add("counter/c");
    clock->advance(std::chrono::hours(24 * 100));
    finish("errand/young");
  }

  upkeep::RetentionSurroundings around() {
    custody = std::make_unique<tools::NodeCustody>(*node);
    return {.log = *log,
            .catalog = *catalog,
            .custody = *custody,
            .report = [](bool, std::string_view line) { BOOST_TEST_MESSAGE("report: " << line); },
            .point =
                [this](std::string_view name) {
                  if (at && name == point) at();
                },
            .stopping = [] { return false; }};
  }
  upkeep::Survey look() {
    return must(upkeep::survey(around(), clock->now() - std::chrono::days(90)));
  }
  Result<upkeep::RetentionOutcome> try_archive() {
    const auto found = look();
    return upkeep::archive_aged(around(), folder, found.going, clock->now());
  }
  upkeep::RetentionOutcome archive() { return must(try_archive()); }
  void hold(const std::string& id) {
    custody::Hold command;
    command.set_id(id);
    command.set_reason("a court asks for it");
    runtime::Command wanted;
    wanted.entity = {"custody", "errand"};
    wanted.body = std::make_shared<custody::Hold>(command);
    wanted.caller = kernel::Caller::of_host();
    must(node->call(std::move(wanted), std::chrono::minutes(1)));
  }
  std::vector<fs::path> archives() const {
    std::vector<fs::path> all;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
      all.push_back(it->path());
    return all;
  }
  /// Offsets that somebody sees who follows the log in pages.
  std::vector<std::uint64_t> followed() const {
    std::vector<std::uint64_t> seen;
    while (true) {
      const auto page = must(node->events(seen.empty() ? 0 : seen.back(), 2));
      if (page.empty()) return seen;
      for (const auto& event : page) seen.push_back(event.offset);
    }
  }
  void must_be_there(const std::string& errand) const {
    BOOST_TEST(must(get(errand)).sequence == 2u);
    BOOST_TEST(must(node->events(*parse_entity(errand), 0, 9)).size() == 2u);
  }
  void must_be_archived(const std::string& errand) const {
    const auto answer = get(errand);
    BOOST_REQUIRE(!answer.has_value());
    BOOST_TEST((answer.error().code == ErrorCode::archived), answer.error().message());
  }
  void must_be_whole(std::uint64_t archived) const {
    const auto audit = must(runtime::audit(data.root(), {}));
    for (const auto& finding : audit.findings) BOOST_ERROR(finding.what);
    BOOST_TEST(audit.withheld == archived);
  }

  fs::path folder = root / "archives";
  std::unique_ptr<tools::NodeCustody> custody;
  /// What happens at a named point.
  std::string point;
  std::function<void()> at;
};

std::vector<std::string> names(const std::vector<upkeep::Aged>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const auto& aged : all) names.push_back(to_string(aged.entity));
  return names;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(retention, Retaining)

BOOST_AUTO_TEST_CASE(what_came_to_its_end_long_ago_goes_and_the_rest_stays_for_a_reason) {
  hold("done-too");
  const auto found = look();
  BOOST_TEST(names(found.going) == std::vector<std::string>{"errand/done"});
  BOOST_TEST(names(found.staying) ==
             (std::vector<std::string>{"counter/c", "errand/done-too", "errand/reserved"}));
  BOOST_TEST(found.staying[0].why == "it is counting, which is no end");
  BOOST_TEST(found.staying[1].why == "under hold: a court asks for it");
  BOOST_TEST(found.staying[2].why.find("something is open") == 0u);
  BOOST_TEST(found.young == 2u);
  hold("");
  BOOST_TEST(look().going.empty());
}

BOOST_AUTO_TEST_CASE(what_went_is_in_the_archive_and_nowhere_else) {
  const auto head = must(runtime::audit_head(data.journal(), nullptr)).text;
  const auto before = must(node->events({"errand", "done"}, 0, 9));
  const auto outcome = archive();
  BOOST_TEST(outcome.entities == 2u);
  BOOST_TEST(outcome.records == 4u);
  BOOST_TEST(outcome.archives == 1u);
  BOOST_REQUIRE(archives().size() == 1u);
  const auto file = archives().front();
  for (const bool again : {false, true}) {
    if (again) {
      stop();
      start();
    }
    must_be_archived("errand/done");
    BOOST_TEST(get("errand/done").error().message().find(file.filename().string()) !=
               std::string_view::npos);
    BOOST_TEST((reserve("errand/done").error().code == ErrorCode::archived));
    BOOST_TEST((node->events({"errand", "done"}, 0, 9)->empty()));
    BOOST_TEST(must(node->list({.kind = "errand", .where = {}, .after = {}})).items.size() == 2u);
    BOOST_TEST(must(node->count("errand", "over", 99)) == 1u);
    must_be_whole(4);
    const auto seen = followed();
    BOOST_TEST(seen.size() + 4 == node->head().offset);
    BOOST_TEST(seen.back() == node->head().offset);
  }
  const auto audit = must(runtime::audit(file, head));
  BOOST_TEST(audit.what == "archive");
  BOOST_TEST(audit.findings.empty() == false);  // that head lies behind it
  BOOST_TEST(must(runtime::audit(file, {})).findings.empty());
  const auto read = must(upkeep::read_archive(file, *catalog, EntityRef{"errand", "done"})).events;
  BOOST_REQUIRE(read.size() == before.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    BOOST_TEST(read[i].offset == before[i].offset);
    BOOST_TEST(read[i].record.SerializeAsString() == before[i].record.SerializeAsString());
  }
  const auto replay = must(runtime::Replay::open(data.journal(), catalog, std::uint64_t{99}));
  BOOST_TEST((replay.get({"errand", "done"}).error().code == ErrorCode::archived));
  BOOST_TEST((replay.get({"errand", "never"}).error().code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(who_archived_what_stands_in_the_journal) {
  archive();
  const auto kept = must(node->get({"custody", "errand"}));
  const auto& view = static_cast<const custody::View&>(*kept.view);
  BOOST_TEST(view.entities_archived() == 2u);
  BOOST_TEST(view.records_archived() == 4u);
  BOOST_TEST(view.last_archive() == archives().front().filename());
  const auto events = must(node->events({"custody", "errand"}, 0, 9));
  BOOST_REQUIRE(events.size() == 2u);
  BOOST_TEST(events[1].record.type() == "host.Archived");
  BOOST_TEST(events[1].record.principal() == "host");
  BOOST_TEST(events[1].sentence ==
             "moved 2 of errand to " + archives().front().filename().string());
  BOOST_TEST(!must(node->get({"custody", "errand"})).stale);
}

BOOST_AUTO_TEST_CASE(a_hold_that_comes_at_the_last_moment_counts) {
  point = "archive_checked";
  at = [&] { hold("done"); };
  const auto outcome = archive();
  BOOST_TEST(outcome.entities == 0u);
  BOOST_TEST(outcome.postponed == 2u);
  BOOST_TEST(archives().empty());
  must_be_there("errand/done");
  must_be_there("errand/done-too");
  at = {};
  BOOST_TEST(archive().entities == 1u);
  must_be_there("errand/done");
  must_be_archived("errand/done-too");
  must_be_whole(2);
}

BOOST_AUTO_TEST_CASE(what_somebody_uses_meanwhile_stays_for_the_next_run) {
  point = "archive_checked";
  at = [&] { BOOST_TEST((reserve("errand/done").error().code == ErrorCode::wrong_phase)); };
  BOOST_TEST(archive().postponed == 2u);
  BOOST_TEST(archives().empty());
  must_be_there("errand/done");
  at = {};
  BOOST_TEST(archive().entities == 2u);
  must_be_archived("errand/done");
}

BOOST_AUTO_TEST_CASE(nothing_is_deleted_for_an_archive_that_is_not_what_was_written) {
  point = "archive_written";
  const auto sizes = {0.0, 0.1, 0.5, 0.9, 0.999};
  for (const auto share : sizes) {
    at = [&] {
      const auto file = archives().front();
      auto bytes = read_file(file);
      auto& byte = bytes[static_cast<std::size_t>(static_cast<double>(bytes.size()) * share)];
      byte = static_cast<char>(byte ^ 1);
      write_file(file, bytes);
    };
    const auto outcome = try_archive();
    BOOST_REQUIRE(!outcome.has_value());
    BOOST_TEST((outcome.error().code == ErrorCode::corrupt));
    BOOST_TEST(archives().empty());
    must_be_there("errand/done");
  }
  must_be_whole(0);
}

BOOST_AUTO_TEST_CASE(an_archive_that_is_whole_but_of_others_is_none) {
  point = "archive_written";
  at = [&] {
    // As `write_archive` makes it, of one record less.
    std::ofstream out(archives().front(), std::ios::binary | std::ios::trunc);
    BOOST_REQUIRE(storage::write_archive(*log, {1, 2, 3}, out));
  };
  BOOST_TEST((try_archive().error().code == ErrorCode::corrupt));
  must_be_there("errand/done");
  must_be_there("errand/done-too");
}

BOOST_AUTO_TEST_CASE(a_crash_between_archive_and_deletion_loses_nothing_and_repeats) {
  for (const auto* where : {"archive_written", "archive_checked"}) {
    point = where;
    at = [] { throw Crash(); };
    BOOST_CHECK_THROW((void)try_archive(), Crash);
    stop();
    start();
    must_be_there("errand/done");
    must_be_there("errand/done-too");
    must_be_whole(0);
  }
  at = {};
  BOOST_TEST(archive().entities == 2u);
  must_be_whole(4);
  // Those of the crashes hold the same, and harm nobody.
  BOOST_TEST(archives().size() == 3u);
  for (const auto& file : archives()) {
    BOOST_TEST(must(runtime::audit(file, {})).findings.empty());
    BOOST_TEST(must(upkeep::read_archive(file, *catalog, {})).events.size() == 4u);
  }
}

BOOST_AUTO_TEST_CASE(a_backup_of_what_is_left_is_restored_and_goes_on) {
  archive();
  must(upkeep::make_backup(data, *log, root / "backup", clock->now()));
  stop();
  const auto restored =
      must(upkeep::restore_backup(root / "backup", root / "restored", clock->now()));
  BOOST_TEST(restored.records == 10u);
  data = runtime::DataFolder(root / "restored");
  start();
  must_be_archived("errand/done");
  must_be_there("errand/young");
  BOOST_TEST((reserve("errand/done").error().code == ErrorCode::archived));
  clock->advance(std::chrono::hours(24 * 100));
  BOOST_TEST(archive().entities == 1u);
  must_be_whole(6);
}

BOOST_AUTO_TEST_CASE(once_a_day_and_when_somebody_asks) {
  upkeep::Archivist archivist({.log = *log,
                               .catalog = catalog,
                               .custody = std::make_shared<tools::NodeCustody>(*node),
                               .clock = clock,
                               .plan = {.folder = folder, .keep = std::chrono::days(90)},
                               .report = [](bool, std::string_view) {},
                               .point = {}});
  archivist.routine().start();
  const auto done = [&](std::uint64_t entities) {
    return [&, entities] {
      const auto run = archivist.view().run;
      return run && run->state == upkeep::RetentionRun::State::done &&
             run->outcome.entities == entities;
    };
  };
  BOOST_TEST(must(archivist.plan()).going.size() == 2u);
  BOOST_TEST(archivist.begin().has_value());
  eventually(done(2), "what was asked for is done");
  clock->advance(std::chrono::hours(24 * 91));
  eventually(done(1), "the daily run has come");
}

BOOST_AUTO_TEST_CASE(without_a_time_nothing_ever_goes) {
  upkeep::Archivist archivist({.log = *log,
                               .catalog = catalog,
                               .custody = std::make_shared<tools::NodeCustody>(*node),
                               .clock = clock,
                               .plan = {.folder = folder},
                               .report = [](bool, std::string_view) {},
                               .point = {}});
  BOOST_TEST((archivist.begin().error().code == ErrorCode::config));
  BOOST_TEST((archivist.plan().error().code == ErrorCode::config));
  BOOST_TEST(!archivist.view().next_at);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
