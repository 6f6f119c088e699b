// Flipped bits and cuts in every file: noticed, or harmless; never silent.
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "tests/storage/faulty_journal.hpp"
#include "tests/storage/workload.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::storage {
namespace {

namespace fs = std::filesystem;

std::uint64_t pick(std::mt19937_64& random, std::uint64_t from, std::uint64_t to) {
  return std::uniform_int_distribution<std::uint64_t>(from, to)(random);
}

/// Flips a bit, cuts, or blanks a stretch; says what.
std::string damage(const fs::path& file, std::mt19937_64& random) {
  const auto size = fs::file_size(file);
  const auto at = pick(random, 0, size - 1);
  const auto place = file.filename().string() + " at " + std::to_string(at);
  const auto manner = pick(random, 0, 3);
  if (manner == 0) {
    fs::resize_file(file, at);
    return "cut " + place;
  }
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(static_cast<std::streamoff>(at));
  const int byte = bytes.get();
  bytes.seekp(static_cast<std::streamoff>(at));
  if (manner == 1) {
    const std::string blank(std::min<std::uint64_t>(pick(random, 1, 8192), size - at), '\0');
    bytes.write(blank.data(), static_cast<std::streamsize>(blank.size()));
    return "blanked " + place;
  }
  bytes.put(static_cast<char>(byte ^ (1 << pick(random, 0, 7))));
  return "flipped " + place;
}

/// Table files, a WAL that is not empty, and all the others.
std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(folder))
    if (file.is_regular_file() && file.file_size() > 0 && file.path().filename() != "reserve")
      files.push_back(file.path().filename());
  std::ranges::sort(files);
  return files;
}

/// Nothing if the log says or shows that it is not whole, else what a reader sees.
std::optional<std::string> read_all(const fs::path& folder, const Acknowledged& acknowledged) {
  RocksOptions options;
  options.path = folder;
  options.now = test_time;
  const auto log = open_rocks(std::move(options));
  if (!log) return std::nullopt;
  if (!find_wrong(**log, acknowledged).empty()) return std::nullopt;
  return contents(**log);
}

BOOST_AUTO_TEST_SUITE(damage_to_files)

BOOST_AUTO_TEST_CASE(no_damage_is_silent) {
  const auto seed = test_seed();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  FaultyJournal journal;
  Acknowledged acknowledged;
  const auto whole = journal.folder.path() / "whole";
  std::string expected;
  for (int start = 0; start < 2; ++start) {
    const auto log = journal.open();
    BOOST_REQUIRE(log);
    BOOST_REQUIRE(run_workload(**log, acknowledged, random, 150));
    expected = contents(**log);
    // As a killed process leaves it: the newest records are in the WAL alone.
    if (start == 1) tests::copy_in_use(journal.folder.path() / "journal", whole);
  }
  BOOST_REQUIRE(read_all(journal.folder.path() / "journal", acknowledged) == expected);

  const auto files = files_of(whole);
  const auto copy = journal.folder.path() / "copy";
  std::size_t noticed = 0;
  const auto rounds = test_cycles(150);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    fs::remove_all(copy);
    fs::copy(whole, copy);
    const auto what = damage(copy / files[pick(random, 0, files.size() - 1)], random);
    const auto seen = read_all(copy, acknowledged);
    noticed += seen ? 0 : 1;
    BOOST_REQUIRE_MESSAGE(!seen || *seen == expected,
                          "seed " << seed << ", round " << round << ": " << what << " was silent");
  }
  // Much damage falls on bytes that nothing depends on; a few rounds say nothing about the share.
  if (rounds >= 100) BOOST_TEST(noticed > rounds / 8);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
