// A backup holds what a restore needs and nothing that it must not; a restore trusts nothing.
#include <sys/stat.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <set>
#include <thread>

#include "runtime/audit.hpp"
#include "runtime/upkeep/backup.hpp"
#include "runtime/upkeep/rehearsal.hpp"
#include "runtime/upkeep/restore.hpp"
#include "storage/manifest.hpp"
#include "tests/runtime/upkeep/kept_folder.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/receiver.hpp"
#include "tests/support/small_disk.hpp"

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;
namespace upkeep = runtime::upkeep;

struct Backups : KeptFolder {
  upkeep::Backup back_up(const std::string& name = "backup") {
    return must(upkeep::make_backup(data, *log, root / name, clock->now()));
  }
  Result<upkeep::Restored> try_restore(const std::string& name = "restored") {
    return upkeep::restore_backup(root / "backup", root / name, clock->now());
  }
  /// What is wrong with the backup according to its rehearsal.
  std::string rehearse() {
    return must(upkeep::rehearse(root / "backup", root / "scratch", *catalog, *clock,
                                 [] { return false; }))
        .error;
  }
  /// Everything but the journal.
  std::set<std::string> small_files(const fs::path& folder) const {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const auto name = entry.path().lexically_relative(folder).generic_string();
      if (entry.is_regular_file() && !name.starts_with("journal/")) names.insert(name);
    }
    return names;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backups, Backups)

BOOST_AUTO_TEST_CASE(a_backup_under_load_restores_to_all_that_was_acknowledged_before) {
  start();
  constexpr int writers = 4;
  std::array<std::atomic<std::uint64_t>, writers> acknowledged{};
  std::atomic<bool> enough = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i)
    threads.emplace_back([&, i] {
      while (!enough) acknowledged[i] = add("counter/c" + std::to_string(i));
    });
  while (acknowledged[0] < 100) std::this_thread::yield();
  std::array<std::uint64_t, writers> before{};
  for (int i = 0; i < writers; ++i) before[i] = acknowledged[i];
  const auto backup = back_up();
  enough = true;
  for (auto& thread : threads) thread.join();
  stop();

  const auto restored = must(try_restore());
  BOOST_TEST(restored.records == backup.offset);
  BOOST_TEST(rehearse() == "");
  const runtime::DataFolder there(root / "restored");
  const auto audit = must(runtime::audit(there.journal(), backup.head));
  BOOST_TEST(audit.findings.empty());
  start_on(there);
  BOOST_TEST(node->identity().log_id() == restored.log_id);
  for (int i = 0; i < writers; ++i) {
    const auto name = "counter/c" + std::to_string(i);
    BOOST_TEST(must(get(name)).sequence >= before[i]);
    add(name);
  }
}

BOOST_AUTO_TEST_CASE(what_opens_something_by_itself_is_not_in_it) {
  start();
  add("counter/c");
  back_up();
  BOOST_TEST(small_files(root / "backup") ==
                 (std::set<std::string>{"approvers/anna.key", "approvers/anna.pub", "manifest",
                                        "secrets/sealed"}),
             boost::test_tools::per_element());
  const auto restored = must(try_restore());
  BOOST_TEST(restored.has_secrets);
  const runtime::DataFolder there(root / "restored");
  // A key of its own, which the log names.
  BOOST_TEST(must(there.read_node_key()).public_key() != must(data.read_node_key()).public_key());
  stop();
  start_on(there);
  BOOST_TEST(node->identity().signing_key() == must(there.read_node_key()).public_key());
}

BOOST_AUTO_TEST_CASE(both_are_for_their_owner_alone) {
  start();
  add("counter/c");
  const auto before = ::umask(0);
  back_up();
  must(try_restore());
  ::umask(before);
  for (const auto* name : {"backup", "restored"}) {
    const auto mode = [](const fs::path& path) { return fs::status(path).permissions(); };
    BOOST_TEST((mode(root / name) == fs::perms::owner_all));
    for (const auto& entry : fs::recursive_directory_iterator(root / name))
      BOOST_TEST(((mode(entry.path()) & (fs::perms::group_all | fs::perms::others_all)) ==
                  fs::perms::none),
                 entry.path());
  }
}

BOOST_AUTO_TEST_CASE(without_a_node_it_is_the_same) {
  start();
  for (int i = 0; i < 20; ++i) add("counter/c");
  stop();
  const auto made = must(upkeep::make_backup_offline(data, root / "backup", clock->now()));
  BOOST_TEST(made.node == "here");
  BOOST_TEST(made.offset == 20u);
  BOOST_TEST(rehearse() == "");
  const auto lock = must(runtime::FolderLock::take(data));
  BOOST_TEST((upkeep::make_backup_offline(data, root / "more", clock->now()).error().code ==
              ErrorCode::locked));
  BOOST_TEST(!fs::exists(root / "more"));
  const runtime::DataFolder empty(root / "empty");
  BOOST_TEST((upkeep::make_backup_offline(empty, root / "more", clock->now()).error().code ==
              ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(nothing_is_overwritten_and_no_half_one_is_taken_for_a_backup) {
  start();
  add("counter/c");
  write_file(root / "taken", "mine");
  fs::create_directories(root / "full");
  write_file(root / "full" / "file", "mine");
  for (const auto& target : {root / "taken", root / "full", data.root() / "backup", data.root()}) {
    const auto made = upkeep::make_backup(data, *log, target, clock->now());
    BOOST_REQUIRE(!made.has_value());
    BOOST_TEST((made.error().code == ErrorCode::invalid));
  }
  BOOST_TEST(read_file(root / "taken") == "mine");
  // What a killed one left.
  fs::create_directories(root / "backup.partial" / "journal");
  BOOST_TEST((upkeep::read_backup(root / "backup.partial").error().code == ErrorCode::not_found));
  back_up();
  BOOST_TEST(!fs::exists(root / "backup.partial"));
  // An empty folder may be there already.
  fs::create_directories(root / "second");
  back_up("second");
  BOOST_TEST(upkeep::list_backups(root.path()).size() == 2u);
  fs::create_directories(root / "restored");
  write_file(root / "restored" / "file", "mine");
  BOOST_TEST((try_restore().error().code == ErrorCode::invalid));
}

BOOST_AUTO_TEST_CASE(every_file_that_was_changed_cut_or_taken_away_is_refused_by_name) {
  start();
  for (int i = 0; i < 5; ++i) add("counter/c");
  back_up();
  stop();
  const auto text = read_file(root / "backup" / "manifest");
  const auto manifest = must(storage::parse_manifest(text));
  BOOST_REQUIRE(manifest.files.size() > 5u);
  for (const auto& file : manifest.files) {
    const auto path = root / "backup" / file.path;
    const auto whole = read_file(path);
    auto changed = whole;
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    for (const auto& content : {changed, whole.substr(0, whole.size() - 1), whole + "x"}) {
      fs::remove(path);  // it may be a link to the node's own
      write_file(path, content);
      const auto restored = try_restore();
      BOOST_REQUIRE(!restored.has_value());
      BOOST_TEST((restored.error().code == ErrorCode::corrupt));
      BOOST_TEST(restored.error().message().find(file.path) != std::string_view::npos);
    }
    fs::remove(path);
    BOOST_TEST(!try_restore().has_value());
    write_file(path, whole);
  }
  write_file(root / "backup" / "manifest", text.substr(0, text.size() - 1));
  BOOST_TEST(!try_restore().has_value());
  write_file(root / "backup" / "manifest", text);
  BOOST_TEST(!fs::exists(root / "restored"));
  BOOST_TEST(!fs::exists(root / "restored.partial"));
  BOOST_TEST(try_restore().has_value());
}

BOOST_AUTO_TEST_CASE(what_may_have_been_done_since_waits_for_a_person) {
  start();
  order("errand/waiting");
  add("counter/c");
  back_up();
  const auto restored = must(try_restore());
  BOOST_TEST(restored.doubtful == std::vector<std::string>{"errand/waiting"});
  stop();
  open_log(runtime::DataFolder(root / "restored"));
  std::vector<WorkValue> rows;
  storage::WorkKey first;
  BOOST_REQUIRE(log->scan_work(first.kind, first, [&](const storage::WorkRow& row) {
    BOOST_TEST(to_string(row.key.entity) == "errand/waiting");
    rows.emplace_back().ParseFromString(row.value);
    return true;
  }));
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].type() != "");
  BOOST_TEST(rows[0].doubtful_since_us() > to_us(restored.backup.made_at));
}

BOOST_AUTO_TEST_CASE(what_was_open_in_a_backup_is_not_done_again_unseen) {
  // The first is under way and the second has not been begun when the backup is made.
  std::promise<void> begun;
  std::promise<void> go_on;
  auto busy = std::make_shared<Receiver>(runtime::ReceiverClass::queryable);
  busy->instead = [&, going = go_on.get_future().share(), first = true](
                      const runtime::Permit&) mutable -> std::optional<runtime::Outcome> {
    if (std::exchange(first, false)) {
      begun.set_value();
      going.wait();
    }
    return std::nullopt;
  };
  executors = {busy};
  options.effect_threads = 1;
  start();
  order("errand/begun", false);
  begun.get_future().wait();
  order("errand/waiting", false);
  back_up();
  go_on.set_value();
  stop();
  const auto restored = must(try_restore());
  BOOST_TEST(restored.doubtful == (std::vector<std::string>{"errand/begun", "errand/waiting"}));
  // This one lost what it had: that it knows nothing of them proves nothing.
  auto other = std::make_shared<Receiver>(runtime::ReceiverClass::queryable);
  executors = {other};
  start_on(runtime::DataFolder(root / "restored"));
  for (const auto* errand : {"errand/begun", "errand/waiting"})
    eventually(
        [&] {
          const auto answer = must(get(errand));
          return answer.status == "over" && answer.effects.size() == 1 &&
                 answer.effects[0].state() == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH;
        },
        std::string(errand) + " waits for a person");
  BOOST_TEST(other->performed() == 0);
}

BOOST_AUTO_TEST_CASE(what_the_receiver_has_is_done_after_a_restore) {
  std::promise<void> begun;
  std::promise<void> go_on;
  auto receiver = std::make_shared<Receiver>(runtime::ReceiverClass::queryable);
  receiver->instead = [&, going = go_on.get_future().share()](
                          const runtime::Permit&) -> std::optional<runtime::Outcome> {
    begun.set_value();
    going.wait();
    return std::nullopt;
  };
  executors = {receiver};
  start();
  order("errand/begun", false);
  begun.get_future().wait();
  back_up();
  go_on.set_value();
  stop();
  BOOST_TEST(receiver->arrived() == 1u);
  must(try_restore());
  start_on(runtime::DataFolder(root / "restored"));
  eventually(
      [&] {
        const auto answer = must(get("errand/begun"));
        return answer.effects.size() == 1 && answer.effects[0].state() == EFFECT_STATE_COMMITTED;
      },
      "the receiver was asked");
  BOOST_TEST(receiver->performed() == 1);
}

BOOST_AUTO_TEST_CASE(a_rehearsal_finds_a_state_that_its_records_do_not_make) {
  start();
  add("counter/honest", 1);
  add("counter/lying", 2);
  stop();
  open_log(data);
  storage::Rederivation step;
  step.kind = "counter";
  step.entities.push_back({.id = "lying",
                           .index = {{"status", "counting"}},
                           .state = must(log->state({"counter", "honest"})),
                           .offset = 2});
  std::promise<Result<storage::Committed>> done;
  log->rederive(std::move(step), [&](auto result) { done.set_value(std::move(result)); });
  must(done.get_future().get());
  back_up();
  BOOST_TEST(rehearse() == "counter/lying is not what its records say");
  const auto kept = must(upkeep::read_backup(root / "backup")).rehearsal;
  BOOST_REQUIRE(kept.has_value());
  BOOST_TEST(kept->error == "counter/lying is not what its records say");
  BOOST_TEST(!fs::exists(root / "scratch"));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_said_and_leaves_nothing,
                     *boost::unit_test::precondition(SmallDisk::available)) {
  start();
  for (int i = 0; i < 200; ++i) add("counter/c" + std::to_string(i));
  const SmallDisk disk(1 << 20);
  for (std::uint64_t free = 0; free < (1 << 20); free += 48 << 10) {
    disk.give_back();
    disk.fill(free);
    const auto made = upkeep::make_backup(data, *log, disk / "backup", clock->now());
    if (made) {
      fs::remove_all(disk / "backup");
      continue;
    }
    BOOST_TEST((made.error().code == ErrorCode::no_space), made.error().message());
    BOOST_TEST(!fs::exists(disk / "backup"));
    BOOST_TEST(!fs::exists(disk / "backup.partial"));
  }
  disk.give_back();
  BOOST_TEST(upkeep::make_backup(data, *log, disk / "backup", clock->now()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
