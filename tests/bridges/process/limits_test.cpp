// Limits before real trees that want more: by control groups, by a user of its own, or refused.
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/bridges/process/kept.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {
namespace {

using keeper_pb::Start;

constexpr std::uint32_t processes_max = 20;
constexpr std::uint64_t memory_bytes_max = 64u << 20;

/// Doubles eight times, then stays: 256 of them, if nobody says no.
const std::string bomb = "exec perl -e 'fork for 1..8; sleep 1000' 1000.$0";
const std::string hog = "exec perl -e '$x = \"x\" x (300 << 20); print \"has it\\n\"'";

/// One of the system's users that has no processes; empty where there is none.
std::string idle_user() {
  for (const char* name : {"games", "news", "uucp", "proxy", "backup", "list", "irc"}) {
    const auto* account = ::getpwnam(name);
    if (account == nullptr) continue;
    bool idle = true;
    for (const auto& row : bridge::read_processes()) {
      struct stat status{};
      const auto folder = "/proc/" + std::to_string(row.id.pid);
      if (::stat(folder.c_str(), &status) == 0) idle &= status.st_uid != account->pw_uid;
    }
    if (idle) return name;
  }
  return {};
}

/// What the keeper said: that it runs, or why not.
std::string outcome(Kept& kept, const std::string& run) {
  std::string said;
  eventually(
      [&] {
        kept.hear();
        const auto found = kept.client().children().find(run);
        if (found != kept.client().children().end() && found->second.started.pid() != 0)
          return true;
        said = kept.refusal(run);
        return !said.empty();
      },
      run + " has started, or not");
  return said;
}

void check_bomb(Kept& kept, const std::string& run) {
  eventually([&] { return with_word("1000." + run).size() >= processes_max; }, "it has grown");
  BOOST_TEST(with_word("1000." + run).size() == processes_max);
  kept.stop(run);
  kept.exited(run);
  BOOST_TEST(with_word("1000." + run).empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process_limits)

BOOST_AUTO_TEST_CASE(control_groups_keep_a_fork_bomb_and_a_memory_hog) {
  Kept kept;
  const auto bombs =
      kept.start(bomb, [](Start& start) { start.mutable_limits()->set_processes_max(20); });
  if (const auto refused = outcome(kept, bombs); refused.empty()) {
    check_bomb(kept, bombs);
  } else {
    BOOST_TEST(refused.starts_with("processes_max cannot be kept on this machine: "));
    BOOST_TEST_MESSAGE("skipped: " << refused);
  }
  const auto hogs = kept.start(
      hog, [](Start& start) { start.mutable_limits()->set_memory_bytes_max(memory_bytes_max); });
  if (const auto refused = outcome(kept, hogs); refused.empty()) {
    const auto end = kept.exited(hogs);
    BOOST_TEST(end.signal() == static_cast<std::uint32_t>(SIGKILL));
    BOOST_TEST(end.detail().contains("for lack of memory"));
    BOOST_TEST(kept.output(hogs) == "");
  } else {
    BOOST_TEST(refused.starts_with("memory_bytes_max cannot be kept on this machine: "));
    BOOST_TEST_MESSAGE("skipped: " << refused);
  }
}

BOOST_AUTO_TEST_CASE(without_control_groups_a_user_of_its_own_keeps_them) {
  const auto user = idle_user();
  if (::geteuid() != 0 || user.empty()) {
    BOOST_TEST_MESSAGE("skipped: this takes root, and a user without processes");
    return;
  }
  Kept kept(false);
  const auto bombs = kept.start(bomb, [&user](Start& start) {
    start.set_user(user);
    start.mutable_limits()->set_processes_max(processes_max);
  });
  BOOST_TEST(outcome(kept, bombs) == "");
  eventually([&] { return with_word("1000." + bombs).size() >= processes_max; }, "it has grown");
  const auto second = kept.start("exec sleep 1000", [&user](Start& start) {
    start.set_user(user);
    start.mutable_limits()->set_processes_max(processes_max);
  });
  BOOST_TEST(outcome(kept, second).contains("its user " + user + " has other processes"));
  check_bomb(kept, bombs);
  const auto hogs = kept.start(hog, [&user](Start& start) {
    start.set_user(user);
    start.mutable_limits()->set_memory_bytes_max(memory_bytes_max);
  });
  BOOST_TEST(outcome(kept, hogs) == "");
  kept.exited(hogs);
  BOOST_TEST(kept.output(hogs) == "");
}

BOOST_AUTO_TEST_CASE(what_nothing_keeps_is_refused_with_the_reason) {
  Kept kept(false);
  const auto refused = [&kept](auto limit) {
    return outcome(kept, kept.start("exec sleep 1000",
                                    [limit](Start& start) { limit(*start.mutable_limits()); }));
  };
  using keeper_pb::Limits;
  BOOST_TEST(
      refused([](Limits& limits) { limits.set_processes_max(20); }) ==
      "processes_max cannot be kept on this machine: the controller pids is not ours to use, "
      "and it has no user of its own; take the limit away, give it a user of its own, or run "
      "the node where it may make control groups");
  BOOST_TEST(refused([](Limits& limits) {
               limits.set_memory_bytes_max(memory_bytes_max);
             }).starts_with("memory_bytes_max cannot be kept on this machine: "));
  BOOST_TEST(refused([](Limits& limits) { limits.set_cpu_percent_max(50); }) ==
             "cpu_percent_max cannot be kept on this machine: the controller cpu is not ours to "
             "use; take the limit away, or run the node where it may make control groups");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
