// The keeper before real trees of processes: their starts, their output, their ends.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/bridges/process/kept.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/eventually.hpp"

namespace nightshift::tests {
namespace {

using keeper_pb::Exited;
using keeper_pb::Start;

/// What a hostile or careless program leaves behind. `$0` is the word that it is found by.
const std::vector<std::string> trees{
    "exec sleep 1000.$0",
    "trap '' TERM; while :; do sleep 1000.$0; done",
    "sleep 1000.$0 & sleep 1000.$0 & wait",
    "(setsid sh -c \"sleep 1000.$0; : $0\" &) ; exec sleep 1000.$0",
    R"((setsid sh -c "trap '' TERM HUP; (setsid sh -c 'sleep 1000.$0; :' &) ; sleep 1000.$0; :" &)
       trap '' TERM; sleep 1000.$0; :)",
    "(setsid env -i sh -c \"sleep 1000.$0; :\" &) ; exec sleep 1000.$0",
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(keeper, Kept)

BOOST_AUTO_TEST_CASE(a_child_runs_in_a_session_of_its_own_and_its_end_is_told) {
  const auto run = start("echo out; echo err >&2; exit 7");
  const auto& begun = started(run);
  const auto end = exited(run);
  BOOST_TEST(end.code() == 7u);
  BOOST_TEST(end.has_started());
  BOOST_TEST(begun.pid() == end.started().pid());
  BOOST_TEST(output(run) == "out\n");
  const auto other = start("kill -SEGV $$");
  BOOST_TEST(exited(other).signal() == static_cast<std::uint32_t>(SIGSEGV));
  const auto session = start("ps -o sid= -p $$ | tr -d ' '; echo $$; cat /proc/$$/fd/0 | wc -c");
  exited(session);
  std::istringstream text(output(session));
  std::string sid, pid;
  text >> sid >> pid;
  BOOST_TEST(sid == pid);
}

BOOST_AUTO_TEST_CASE(no_part_of_a_tree_survives_a_stop) {
  for (const auto& tree : trees) {
    const auto run = start(tree);
    started(run);
    eventually([&] { return !with_word("1000." + run).empty(); }, "the tree stands");
    stop(run);
    exited(run);
    BOOST_TEST(with_word("1000." + run).size() == 0u, tree);
  }
  BOOST_TEST(zombies_of(keeper()) == 0u);
}

BOOST_AUTO_TEST_CASE(nor_does_it_where_there_are_no_control_groups) {
  Kept plain(false);
  for (const auto& tree : trees) {
    const auto run = plain.start(tree);
    BOOST_TEST(plain.started(run).cgroup() == "");
    eventually([&] { return !with_word("1000." + run).empty(); }, "the tree stands");
    // Its environment is cleared, its session another: it is found as it belongs to nobody else.
    const bool unmarked = tree.contains("env -i");
    plain.stop(run);
    plain.exited(run);
    if (unmarked) eventually([&] { return with_word("1000." + run).empty(); }, "orphans end");
    BOOST_TEST(with_word("1000." + run).size() == 0u, tree);
  }
  eventually([&] { return zombies_of(plain.keeper()) == 0; }, "nobody is left a zombie");
}

BOOST_AUTO_TEST_CASE(three_hundred_stops_leave_nobody) {
  const char* said = ::getenv("NIGHTSHIFT_STOPS");
  const int stops = said != nullptr ? std::stoi(said) : 300;
  const auto word = "stops" + std::to_string(::getpid());
  for (int done = 0; done < stops;) {
    std::vector<std::string> runs;
    for (int i = 0; i < 30 && done < stops; ++i, ++done) {
      runs.push_back(
          start("w=" + word + "; " + trees[static_cast<std::size_t>(done) % trees.size()]));
    }
    for (const auto& run : runs) started(run);
    for (const auto& run : runs) stop(run);
    for (const auto& run : runs) exited(run);
    for (const auto& run : runs) BOOST_TEST(with_word("1000." + run).size() == 0u);
  }
  BOOST_TEST(with_word(word).size() == 0u);
  BOOST_TEST(zombies_of(keeper()) == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_program_leaves_behind_as_it_ends_goes_with_it) {
  // While another lives, nobody ends what belongs to no run.
  const auto other = start("exec sleep 1000.$0");
  started(other);
  const auto run = start("(setsid sh -c 'sleep 1000.$0; :' $0 &); exit 3");
  const auto end = exited(run);
  BOOST_TEST(end.code() == 3u);
  BOOST_TEST(with_word("1000." + run).size() == 0u);
  BOOST_TEST(with_word("1000." + other).size() == 1u);
}

BOOST_AUTO_TEST_CASE(whoever_ignores_the_signal_is_killed_when_its_time_is_over) {
  const auto run = start("trap '' TERM; echo up; while :; do sleep 0.05; done");
  eventually([&] { return output(run) == "up\n"; }, "it ignores the signal");
  stop(run);
  BOOST_TEST(exited(run).signal() == static_cast<std::uint32_t>(SIGKILL));
}

BOOST_AUTO_TEST_CASE(whoever_ends_in_order_has_the_time_to) {
  const auto run =
      start("trap 'sleep 0.3; echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done",
            [](Start& start) {
              start.set_kill_timeout_ms(60'000);
              start.set_kill_first_only(true);
            });
  eventually([&] { return output(run) == "up\n"; }, "it is up");
  stop(run);
  BOOST_TEST(exited(run).code() == 0u);
  BOOST_TEST(output(run) == "up\nbye\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_started_says_why) {
  const auto missing = start("", [](Start& start) { start.set_program("/no/such/program"); });
  BOOST_TEST(refused(missing).detail() ==
             "/no/such/program cannot be run: No such file or directory");
  BOOST_TEST(refused(missing).lasting());
  const auto folder_missing = start("", [](Start& start) { start.set_cwd("/no/such/folder"); });
  BOOST_TEST(refused(folder_missing).detail().contains("/no/such/folder"));
  const auto input = start("", [](Start& start) { start.set_stdin_file("/no/such/input"); });
  BOOST_TEST(refused(input).detail().contains("/no/such/input"));
  const auto text = start("", [](Start& start) { start.set_program("/etc/passwd"); });
  BOOST_TEST(refused(text).detail().contains("/etc/passwd cannot be run: Permission denied"));
  const auto log =
      start("", [](Start& start) { start.mutable_out()->set_path("/proc/no/out.log"); });
  BOOST_TEST(refused(log).detail().contains("/proc/no/out.log"));
  const auto user = start("", [](Start& start) { start.set_user("nobody-of-this-name"); });
  BOOST_TEST(refused(user).detail() == "there is no user nobody-of-this-name");
  BOOST_TEST(zombies_of(keeper()) == 0u);
}

BOOST_AUTO_TEST_CASE(output_goes_into_files_that_rotate_and_bear_times) {
  const auto run =
      start("i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done", [](Start& start) {
        start.mutable_out()->set_time(true);
        start.mutable_out()->set_bytes_max(2000);
        start.mutable_out()->set_files_max(2);
      });
  exited(run);
  const auto file = output_file(run).string();
  std::ifstream first(file);
  std::string line;
  std::getline(first, line);
  BOOST_TEST(line.substr(0, 2) == "20");
  BOOST_TEST(line.contains("Z line "));
  BOOST_TEST(!std::filesystem::exists(file + ".3"));
}

BOOST_AUTO_TEST_CASE(a_flood_that_nobody_reads_stops_nobody) {
  const auto run = start("head -c 200000000 /dev/zero; echo done", [](Start& start) {
    start.mutable_out()->set_bytes_max(1'000'000);
    start.mutable_out()->set_files_max(1);
  });
  BOOST_TEST(exited(run).code() == 0u);
  const auto aside = output_file(run).string() + ".1";
  BOOST_TEST(std::filesystem::file_size(output_file(run)) <= 2'000'000u);
  BOOST_TEST(std::filesystem::file_size(aside) <= 2'000'000u);
  std::ifstream status("/proc/" + std::to_string(keeper()) + "/status");
  for (std::string line; std::getline(status, line);) {
    // The sanitizer of a checked build adds its own, so this is a bound against buffering alone.
    if (line.starts_with("VmRSS:")) BOOST_TEST(std::stoul(line.substr(6)) < 150'000u);
  }
}

BOOST_AUTO_TEST_CASE(what_it_says_is_heard_by_every_way) {
  const auto heard = [this](const std::string& run, auto&& says) {
    started(run);
    eventually(
        [&] {
          hear();
          const auto& child = client().children().find(run)->second;
          return std::ranges::any_of(child.started.said(), says);
        },
        "it is heard");
  };
  const auto text = start("printf 'is lis'; sleep 0.05; echo tening; sleep 100",
                          [](Start& start) { start.add_patterns("listening"); });
  heard(text, [](const auto& said) { return said.pattern() == "listening"; });
  const auto ipc = start("printf '\"hello\"\\n\"ready\"\\n' >&$NODE_CHANNEL_FD; sleep 100",
                         [](Start& start) { start.set_ipc(true); });
  heard(ipc, [](const auto& said) { return said.ipc_ready(); });
  const auto notify = start(
      "perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_DGRAM, 0); my $n = $ENV{NOTIFY_SOCKET}; "
      "$n =~ s/^@/\\0/; send($s, \"STATUS=up\\nREADY=1\", 0, pack(\"Sa*\", AF_UNIX, $n)) or die; "
      "sleep 100'",
      [](Start& start) { start.set_notify(true); });
  heard(notify, [](const auto& said) { return said.notify_ready(); });
}

BOOST_AUTO_TEST_CASE(a_signal_is_sent_once) {
  const auto run = start("trap 'echo hup' HUP; echo up; while :; do sleep 0.01; done");
  eventually([&] { return output(run) == "up\n"; }, "it is up");
  for (int i = 0; i < 3; ++i) {
    keeper_pb::ToKeeper asked;
    asked.mutable_knock()->set_run(run);
    asked.mutable_knock()->set_id("k1");
    asked.mutable_knock()->set_signal(SIGHUP);
    ask(asked);
  }
  eventually([&] { return output(run).contains("hup\n"); }, "it got the signal");
  stop(run);
  exited(run);
  BOOST_TEST(output(run) == "up\nhup\n");
}

BOOST_AUTO_TEST_CASE(there_is_never_a_second_copy) {
  const auto run = start("sleep 100", [](Start& start) { start.set_instance("one"); });
  started(run);
  const auto other = start("sleep 100", [](Start& start) { start.set_instance("one"); });
  BOOST_TEST(refused(other).detail() == "another run of it has not ended yet");
  BOOST_TEST(!refused(other).lasting());
}

BOOST_AUTO_TEST_CASE(another_node_finds_what_runs_and_what_has_ended) {
  const auto runs = start("echo up; sleep 100");
  const auto ended = start("exit 9");
  started(runs);
  exited(ended);
  client().disconnect();
  auto next = new_client();
  BOOST_TEST_REQUIRE(next.connect(false).value_or(false));
  BOOST_TEST((next.children().at(runs).started.pid() != 0 && !next.children().at(runs).exited));
  BOOST_TEST(next.children().at(ended).exited->code() == 9u);
  next.disconnect();
  const auto forgotten = [&] {
    connect();
    const bool gone = !client().children().contains(ended);
    client().forget(ended);
    client().disconnect();
    return gone;
  };
  // What the keeper had not read when another client came is asked for again.
  eventually(forgotten, "what is forgotten is gone");
  connect();
  BOOST_TEST(client().children().contains(runs));
}

BOOST_AUTO_TEST_CASE(after_the_death_of_a_keeper_the_next_ends_its_children) {
  std::vector<std::string> runs;
  runs.reserve(std::size(trees));
  for (const auto& tree : trees) runs.push_back(start(tree));
  for (const auto& run : runs) started(run);
  const auto gone = start("exit 5");
  exited(gone);
  BOOST_TEST(::kill(keeper(), SIGKILL) == 0);
  eventually(
      [this] {
        hear();
        return !client().is_connected();
      },
      "the connection is gone");
  connect();
  for (const auto& run : runs) {
    BOOST_TEST(client().children().at(run).exited->unseen());
    BOOST_TEST(with_word("1000." + run).size() == 0u);
  }
  BOOST_TEST(client().children().at(gone).exited->code() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
