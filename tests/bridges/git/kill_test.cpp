// Killed before each step of a round: the next one finds no lock and no half state.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "tests/bridges/git/yard.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

/// Runs a round in a process of its own that is killed before step number `kill_at` (from 1).
/// Answers how many steps it took; 0 if it was killed.
int round_in_child(const SyncOptions& base, int kill_at) {
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    int steps = 0;
    auto options = base;
    options.step = [&](std::string_view) {
      if (++steps == kill_at) ::kill(::getpid(), SIGKILL);
    };
    Synchroniser synchroniser(options);
    const auto report = synchroniser.round({});
    ::_exit(report.trouble ? 255 : std::min(steps + 1, 250));
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) {
    BOOST_REQUIRE(WTERMSIG(status) == SIGKILL);
    return 0;
  }
  BOOST_REQUIRE_MESSAGE(WEXITSTATUS(status) != 255, "the round was in trouble");
  return WEXITSTATUS(status);
}

struct Pair {
  Yard yard;
  Desk cloud = yard.desk("cloud", Role::cloud);
  Desk local = yard.desk("local", Role::local);

  Pair() {
    write(cloud.vault / "both.md", "1\n2\n3\n4\n5\n");
    write(cloud.vault / "theirs.md", "1\n");
    write(cloud.vault / "gone.md", "1\n");
    write(cloud.vault / "Logs/log.md", "| a |\n");
    cloud.round_ok();
    local.round_ok();
    write(cloud.vault / "both.md", "one\n2\n3\n4\n5\n");
    write(cloud.vault / "theirs.md", "2\n");
    write(cloud.vault / "Plans/new.md", "new\n");
    write(cloud.vault / "Logs/log.md", "| a |\n| cloud |\n");
    fs::remove(cloud.vault / "gone.md");
    cloud.round_ok();
    write(local.vault / "both.md", "1\n2\n3\n4\nfive\n");
    write(local.vault / "mine.md", "mine\n");
    write(local.vault / "Logs/log.md", "| a |\n| local |\n");
  }

  std::map<std::string, std::string> expected() const {
    return {{"Logs/log.md", "| a |\n| local |\n| cloud |\n"},
            {"Plans/new.md", "new\n"},
            {"both.md", "one\n2\n3\n4\nfive\n"},
            {"mine.md", "mine\n"},
            {"theirs.md", "2\n"}};
  }
};

BOOST_AUTO_TEST_SUITE(kill)

BOOST_AUTO_TEST_CASE(a_kill_before_any_step_leaves_what_the_next_round_finishes) {
  const bool is_long = std::getenv("NIGHTSHIFT_KILLS") != nullptr;
  int steps = 0;
  for (int at = 1; steps == 0; ++at) {
    BOOST_REQUIRE(at < 200);
    Pair pair;
    steps = round_in_child(pair.local.options, at);
    // The files that were not reached yet are as they were; no word of either side is torn.
    const auto now = files_of(pair.local.vault);
    for (const auto& [path, text] : now) {
      BOOST_TEST(text.ends_with('\n'), "torn before step " << at << ": " << path);
    }
    const auto after = pair.local.round();
    BOOST_TEST(name_of_trouble(after) == "", "after a kill before step " << at);
    BOOST_TEST(files_of(pair.local.vault) == pair.expected(), "after a kill before step " << at);
    pair.cloud.round_ok();
    BOOST_TEST(files_of(pair.cloud.vault) == pair.expected());
    BOOST_TEST(after.conflicts.empty());
    BOOST_TEST(git_ok(pair.local.vault, {"status", "--porcelain"}) == "?? .gitignore",
               "after a kill before step " << at);
    for (const auto& folder : {pair.local.vault / ".git", pair.yard.remote()}) {
      for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        BOOST_TEST((entry.path().extension() != ".lock"), entry.path().string());
      }
    }
    // Plain git reads all objects anew each time: the long form does so after every step.
    if (!is_long && at % 4 != 0) continue;
    git_ok(pair.local.vault, {"fsck", "--strict"});
    git_ok(pair.yard.remote(), {"fsck", "--strict"});
  }
  BOOST_TEST(steps > 20);
}

BOOST_AUTO_TEST_CASE(words_that_a_person_writes_after_the_kill_are_kept) {
  int steps = 0;
  for (int at = 1; steps == 0; at += 5) {
    BOOST_REQUIRE(at < 200);
    Pair pair;
    steps = round_in_child(pair.local.options, at);
    const auto before = read(pair.local.vault / "theirs.md");
    write(pair.local.vault / "theirs.md", before + "and mine\n");
    auto report = pair.local.round_ok();
    report = pair.local.round_ok();
    pair.cloud.round_ok();
    const auto text = read(pair.cloud.vault / "theirs.md");
    BOOST_TEST(text.find("and mine\n") != std::string::npos, "killed before step " << at);
    BOOST_TEST(files_of(pair.cloud.vault) == files_of(pair.local.vault));
  }
}

BOOST_AUTO_TEST_CASE(packs_that_a_kill_left_half_written_go_once_they_are_old) {
  Pair pair;
  const auto folder = pair.local.vault / ".git/objects/pack";
  fs::create_directories(folder);
  const auto now = fs::file_time_type::clock::from_sys(time_from_us(1'790'000'000'000'000));
  for (const std::string name : {"pack_git2_0d0513idx.lock", "pack_git2_0d0514", "pack-1.keep"}) {
    write(folder / name, "half");
    fs::last_write_time(folder / name, now - std::chrono::hours(2));
  }
  write(folder / "pack_git2_young", "half");
  fs::last_write_time(folder / "pack_git2_young", now - std::chrono::minutes(50));
  Synchroniser next(pair.local.options);
  BOOST_TEST(!next.round({time_from_us(1'790'000'000'000'000)}).trouble.has_value());
  BOOST_TEST(!fs::exists(folder / "pack_git2_0d0513idx.lock"));
  BOOST_TEST(!fs::exists(folder / "pack_git2_0d0514"));
  BOOST_TEST(fs::exists(folder / "pack-1.keep"));
  BOOST_TEST(fs::exists(folder / "pack_git2_young"));
}

BOOST_AUTO_TEST_CASE(a_lock_of_git_is_not_taken_away) {
  Pair pair;
  write(pair.local.vault / ".git/refs/heads/main.lock", "");
  BOOST_TEST(name_of_trouble(pair.local.round()) == "locked");
  BOOST_TEST(fs::exists(pair.local.vault / ".git/refs/heads/main.lock"));
  fs::remove(pair.local.vault / ".git/refs/heads/main.lock");
  pair.local.round_ok();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
