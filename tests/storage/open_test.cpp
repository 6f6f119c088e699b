// Opening the files: versions, locks, what is missing, what is in the way.
#include <fstream>
#include <future>

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "storage/bytes.hpp"
#include "storage/format.hpp"
#include "storage/memory_store.hpp"
#include "storage/rocks_manifest.hpp"
#include "tests/storage/faulty_journal.hpp"
#include "tests/storage/workload.hpp"

namespace nightshift::storage {
namespace {

namespace fs = std::filesystem;

struct Folder {
  RocksOptions options(bool create = true) const {
    RocksOptions made;
    made.path = path;
    if (create) made.identity = test_identity();
    made.now = test_time;
    return made;
  }

  void make() const {
    const auto log = open_rocks(options());
    BOOST_REQUIRE(log);
  }

  /// The error of opening; checks that it names the place.
  Error error(bool create = false) const {
    const auto log = open_rocks(options(create));
    BOOST_REQUIRE(!log);
    BOOST_TEST(log.error().detail.find(path.string()) != std::string::npos, log.error().detail);
    return log.error();
  }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path / name) << text;
  }

  /// Of RocksDB.
  fs::path manifest() const {
    auto name = read(path / "CURRENT");
    name.pop_back();
    return path / name;
  }

  void append_to_manifest(std::string_view text) const {
    std::ofstream(manifest(), std::ios::app | std::ios::binary) << text;
  }

  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TemporaryFolder folder;
  fs::path path = folder.path() / "journal";
};

std::map<std::string, std::uintmax_t> files_of(const fs::path& folder) {
  std::map<std::string, std::uintmax_t> files;
  for (const auto& file : fs::directory_iterator(folder))
    files[file.path().filename()] = file.file_size();
  return files;
}

void fill(EventLog& log, std::string_view id, int count) {
  std::promise<Result<Opened>> opening;
  log.open(counter(std::string(id)), [&](auto result) { opening.set_value(std::move(result)); });
  auto opened = opening.get_future().get();
  BOOST_REQUIRE(opened);
  for (int i = 0; i < count; ++i) {
    std::promise<Result<Committed>> appending;
    log.submit(make_append(counter(std::string(id)), *opened, {std::to_string(i)}),
               [&](auto result) { appending.set_value(std::move(result)); });
    BOOST_REQUIRE(appending.get_future().get());
    ++opened->sequence;
  }
}

BOOST_AUTO_TEST_SUITE(opening)

BOOST_FIXTURE_TEST_CASE(nothing_is_made_without_an_identity, Folder) {
  BOOST_TEST((error().code == ErrorCode::not_found));
  BOOST_TEST(!fs::exists(path));
  const auto log = open_rocks_for_reading(path);
  BOOST_REQUIRE(!log);
  BOOST_TEST((log.error().code == ErrorCode::not_found));
}

BOOST_FIXTURE_TEST_CASE(an_existing_log_keeps_its_identity, Folder) {
  make();
  auto other = options();
  other.identity->set_node("other");
  const auto log = open_rocks(std::move(other));
  BOOST_REQUIRE(log);
  BOOST_TEST((*log)->identity().node() == "n1");
  BOOST_TEST((*log)->boot_epoch() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_log_is_opened_by_one_at_a_time, Folder) {
  const auto held = open_rocks(options());
  BOOST_REQUIRE(held);
  BOOST_TEST((error().code == ErrorCode::locked));
}

BOOST_FIXTURE_TEST_CASE(another_process_is_kept_out, Folder) {
  make();
  std::array<int, 2> ready{}, end{};
  BOOST_REQUIRE(::pipe(ready.data()) == 0 && ::pipe(end.data()) == 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto held = open_rocks(options(false));
    const char answer = held ? 'y' : 'n';
    char byte = 0;
    const auto told = ::write(ready[1], &answer, 1);
    const auto heard = ::read(end[0], &byte, 1);
    ::_exit(told == 1 && heard == 1 ? 0 : 1);
  }
  char answer = 0;
  BOOST_REQUIRE(::read(ready[0], &answer, 1) == 1);
  BOOST_TEST(answer == 'y');
  BOOST_TEST((error().code == ErrorCode::locked));
  BOOST_REQUIRE(::write(end[1], "e", 1) == 1);
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  for (const int file : {ready[0], ready[1], end[0], end[1]}) ::close(file);
  make();
}

BOOST_FIXTURE_TEST_CASE(a_newer_format_is_left_alone, Folder) {
  make();
  write("format", "nightshift journal 2\n");
  const auto before = files_of(path);
  BOOST_TEST((error().code == ErrorCode::newer_version));
  BOOST_TEST((files_of(path) == before));
  const auto reading = open_rocks_for_reading(path);
  BOOST_REQUIRE(!reading);
  BOOST_TEST((reading.error().code == ErrorCode::newer_version));
}

BOOST_FIXTURE_TEST_CASE(a_file_in_the_place_of_the_folder_is_an_io_error, Folder) {
  std::ofstream(path) << "text";
  BOOST_TEST((error(true).code == ErrorCode::io));
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_cannot_be_made_is_an_io_error, Folder) {
  path = folder.path() / "absent" / "journal";
  BOOST_TEST((error(true).code == ErrorCode::io));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_missing_is_damage_and_not_a_new_log, Folder) {
  make();
  for (const auto* name : {"CURRENT", "format"}) {
    const auto away = folder.path() / "away";
    fs::rename(path / name, away);
    const auto code = error(false).code;
    BOOST_TEST((code == ErrorCode::corrupt || code == ErrorCode::not_found), name);
    fs::rename(away, path / name);
  }
  fs::remove(path / "CURRENT");
  BOOST_TEST((error(true).code == ErrorCode::corrupt));
}

BOOST_FIXTURE_TEST_CASE(a_file_head_of_another_log_is_damage, Folder) {
  make();
  Folder other;
  auto identity = test_identity();
  identity.set_log_id("ff");
  auto opened = other.options();
  opened.identity = identity;
  BOOST_REQUIRE(open_rocks(std::move(opened)));
  fs::copy_file(other.path / "head", path / "head", fs::copy_options::overwrite_existing);
  BOOST_TEST((error().code == ErrorCode::corrupt));
  write("head", "rubbish");
  BOOST_TEST((error().code == ErrorCode::corrupt));
}

BOOST_FIXTURE_TEST_CASE(a_log_that_comes_back_shorter_is_noticed, Folder) {
  make();
  const auto old = folder.path() / "old";
  fs::copy(path, old, fs::copy_options::recursive);
  {
    const auto log = open_rocks(options(false));
    BOOST_REQUIRE(log);
    fill(**log, "a", 3);
  }
  fs::copy_file(path / "head", old / "head", fs::copy_options::overwrite_existing);
  path = old;
  const auto found = error();
  BOOST_TEST((found.code == ErrorCode::corrupt));
  BOOST_TEST(found.detail.find("ends with record 0, but record 3") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_reader_sees_a_log_that_is_being_written, Folder) {
  auto log = open_rocks(options());
  BOOST_REQUIRE(log);
  fill(**log, "a", 5);
  const auto before = files_of(path);
  const auto reading = open_rocks_for_reading(path);
  BOOST_REQUIRE(reading);
  BOOST_TEST((files_of(path) == before));
  BOOST_TEST(contents(**reading) == contents(**log));
  BOOST_TEST((*reading)->head().offset == 5u);
  fill(**log, "b", 5);
  BOOST_TEST((*reading)->head().offset == 5u);
  BOOST_TEST((*open_rocks_for_reading(path))->head().offset == 10u);

  (*reading)->submit({}, [](const Result<Committed>& result) {
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error().code == ErrorCode::unavailable));
  });
  (*reading)->open(counter("a"), [](const Result<Opened>& result) { BOOST_TEST(!result); });
}

BOOST_AUTO_TEST_CASE(readers_come_while_files_are_replaced) {
  FaultyJournal journal;
  auto log = journal.open();
  BOOST_REQUIRE(log);
  const auto seed = test_seed();
  std::atomic<bool> ending = false;
  Acknowledged acknowledged;
  std::thread writing([&] {
    std::mt19937_64 random(seed);
    // Each reader reads it all: bounded, so that the test's time is.
    while (!ending && acknowledged.count() < 3000) run_workload(**log, acknowledged, random, 50);
  });
  std::uint64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    const auto reading = open_rocks_for_reading(journal.folder.path() / "journal");
    BOOST_REQUIRE_MESSAGE(reading,
                          "seed " << seed << ": " << (reading ? "" : reading.error().message()));
    const auto wrong = find_wrong(**reading, {});
    BOOST_TEST(wrong.empty(), "seed " << seed << ": " << wrong);
    BOOST_TEST((*reading)->head().offset >= last);
    last = (*reading)->head().offset;
  }
  ending = true;
  writing.join();
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_appends_and_nothing_else) {
  FaultyJournal journal;
  auto log = journal.open();
  BOOST_REQUIRE(log);
  fill(**log, "a", 1);
  journal.files->claim_free(1 << 20);
  std::promise<Result<Opened>> opening;
  (*log)->open(counter("a"), [&](auto result) { opening.set_value(std::move(result)); });
  const auto opened = opening.get_future().get();
  BOOST_REQUIRE(opened);
  const auto submit = [&](const std::vector<std::string>& payloads) {
    std::promise<Result<Committed>> appending;
    (*log)->submit(make_append(counter("a"), *opened, payloads),
                   [&](auto result) { appending.set_value(std::move(result)); });
    return appending.get_future().get();
  };
  BOOST_TEST(submit({}).has_value());
  const auto refused = submit({"2"});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::no_space));
  BOOST_TEST((submit({}).error().code == ErrorCode::conflict));
  BOOST_TEST((*log)->state(counter("a"))->has_value());
  BOOST_TEST((*log)->head().offset == 1u);
  journal.files->claim_free({});
  fill(**log, "a", 1);
  BOOST_TEST((*log)->head().offset == 2u);
  BOOST_TEST(journal.failures == 0);
}

BOOST_FIXTURE_TEST_CASE(the_reserve_is_given_back_when_space_is_short, Folder) {
  make();
  BOOST_TEST(fs::exists(path / "reserve"));
  auto short_of_space = options(false);
  short_of_space.reserve_bytes = UINT64_MAX;
  BOOST_REQUIRE(open_rocks(std::move(short_of_space)));
  BOOST_TEST(!fs::exists(path / "reserve"));
  make();
  BOOST_TEST(fs::exists(path / "reserve"));
}

BOOST_AUTO_TEST_SUITE_END()

Result<void> put_version_mark(Store& store, std::string_view mark) {
  const auto rows = store.new_batch();
  rows->put(meta_key("mark"), {mark});
  return store.write(*rows);
}

Result<void> first_step(Store& store) { return put_version_mark(store, "lifted"); }

Result<void> second_step(Store& store) {
  const auto mark = store.get(meta_key("mark"));
  if (!mark || *mark != "lifted") return fail(ErrorCode::corrupt, "the first step did not run");
  return put_version_mark(store, "lifted twice");
}

Result<void> failing_step(Store&) { return fail(ErrorCode::io, "planned"); }

void set_version(Store& store, std::uint64_t version) {
  const auto rows = store.new_batch();
  rows->put(meta_key("format"), {view_of(big_endian(version))});
  BOOST_REQUIRE(store.write(*rows));
}

BOOST_AUTO_TEST_SUITE(migration)

BOOST_AUTO_TEST_CASE(an_old_log_is_lifted_step_by_step) {
  MemoryStore store;
  BOOST_REQUIRE(create_log(store, test_identity()));
  set_version(store, 1);
  const std::array steps{Migration{1, first_step}, Migration{2, second_step}};
  BOOST_REQUIRE(migrate(store, 3, steps));
  BOOST_TEST(**store.get(meta_key("mark")) == "lifted twice");
  BOOST_REQUIRE(migrate(store, 3, steps));
  const auto older_program = migrate(store, 2, steps);
  BOOST_REQUIRE(!older_program);
  BOOST_TEST((older_program.error().code == ErrorCode::newer_version));
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_is_taken_again) {
  MemoryStore store;
  BOOST_REQUIRE(create_log(store, test_identity()));
  set_version(store, 1);
  BOOST_TEST(!migrate(store, 3, std::array{Migration{1, first_step}, Migration{2, failing_step}}));
  BOOST_REQUIRE(migrate(store, 3, std::array{Migration{2, second_step}}));
  BOOST_TEST(**store.get(meta_key("mark")) == "lifted twice");
}

BOOST_FIXTURE_TEST_CASE(a_record_of_the_manifest_that_a_power_cut_tore_is_taken_off, Folder) {
  std::string before;
  {
    const auto log = open_rocks(options());
    BOOST_REQUIRE(log);
    fill(**log, "a", 20);
    before = contents(**log);
  }
  // Its length is there, and none of its bytes.
  append_to_manifest(std::string("\1\2\3\4\x2c\1\1", 7) + std::string(300, '\0'));
  const auto log = open_rocks(options(false));
  BOOST_REQUIRE_MESSAGE(log, log.error().detail);
  BOOST_TEST(contents(**log) == before);
  for (const auto& [name, size] : files_of(path)) BOOST_TEST(!name.ends_with(".torn"), name);
}

BOOST_FIXTURE_TEST_CASE(damage_elsewhere_in_the_manifest_is_refused_and_nothing_is_taken_off,
                        Folder) {
  make();
  const auto file = manifest();
  auto text = read(file);
  text[9] = static_cast<char>(text[9] ^ 1);
  std::ofstream(file, std::ios::binary) << text;
  BOOST_TEST((error().code == ErrorCode::corrupt));
  BOOST_TEST(read(file) == text);
}

BOOST_AUTO_TEST_CASE(the_last_record_of_a_manifest_is_found_by_the_lengths_before_it) {
  const auto record = [](char type, std::size_t bytes) {
    return std::string(4, 'c') + static_cast<char>(bytes & 0xFF) + static_cast<char>(bytes >> 8) +
           type + std::string(bytes, 'x');
  };
  const auto one = record(1, 100);
  BOOST_TEST(last_record_begins("") == 0u);
  BOOST_TEST(last_record_begins(one) == 0u);
  BOOST_TEST(last_record_begins(one + one) == one.size());
  BOOST_TEST(last_record_begins(one + one + one.substr(0, 50)) == 2 * one.size());
  BOOST_TEST(last_record_begins(one + one + std::string(90, '\0')) == 2 * one.size());
  // In fragments, over the end of a block of which the last bytes have no room for a header.
  const auto begun = record(2, 32'768 - one.size() - 7 - 5) + std::string(5, '\0');
  BOOST_TEST(last_record_begins(one + begun + record(3, 32'761) + record(4, 9)) == one.size());
  BOOST_TEST(last_record_begins(one + begun + std::string(70, '\0')) == one.size());
  BOOST_TEST(last_record_begins(one + begun + record(4, 9) + one) == 32'768u + 16);
}

BOOST_AUTO_TEST_CASE(a_version_without_a_step_is_refused) {
  MemoryStore store;
  BOOST_TEST(!migrate(store, 1, {}));
  BOOST_REQUIRE(create_log(store, test_identity()));
  set_version(store, 0);
  const auto refused = migrate(store, 1, {});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(this_program_lifts_every_older_version) {
  for (std::uint64_t version = 1; version < format_version; ++version)
    BOOST_TEST(std::ranges::count(migrations(), version, &Migration::from) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
