// The live view on a terminal: drawn anew, over a restart of its node, and given back as it was.
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>

#include <boost/test/unit_test.hpp>

#include "tests/program/house.hpp"

namespace {

using namespace nightshift::tests;

constexpr const char* given_back = "\033[?25h\033[?1049l";

}  // namespace

BOOST_FIXTURE_TEST_CASE(top_waits_for_a_node_that_goes_away_and_quits_at_a_key, House) {
  add_anna();
  start();
  propose("offer");
  const auto ended = on_terminal({"top", "--every", "1"},
                                 {{"pending 1", "", [&](pid_t, int) { stop(); }},
                                  {"WAITING FOR THE NODE", "", [&](pid_t, int) { start(); }},
                                  {"(q quits)", "", [&](pid_t, int) { propose("another"); }},
                                  {"pending 2", "x", {}},
                                  {"approval/another", "q", {}}});
  BOOST_TEST(ended.exit_code == 0, ended.out);
  BOOST_TEST(ended.out.ends_with(given_back));
}

BOOST_FIXTURE_TEST_CASE(top_fits_itself_into_the_terminal_that_it_has, House) {
  start();
  const auto narrow = [](pid_t program, int terminal) {
    const winsize size{8, 25, 0, 0};
    ::ioctl(terminal, TIOCSWINSZ, &size);
    ::kill(program, SIGWINCH);
  };
  const auto ended =
      on_terminal({"top", "--every", "3600"}, {{"every part runs", "", narrow}, {"…", "q", {}}});
  BOOST_TEST(ended.exit_code == 0, ended.out);
  const auto last = ended.out.substr(ended.out.rfind("\033[H"));
  BOOST_TEST(!says(last, "every part runs"), "the ninth line has no place: " << last);
}

BOOST_FIXTURE_TEST_CASE(top_gives_the_terminal_back_whatever_ends_it, House) {
  start();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    const auto send = [signal](pid_t program, int) { ::kill(program, signal); };
    const auto ended = on_terminal({"top"}, {{"(q quits)", "", send}});
    BOOST_TEST(ended.exit_code == (signal == SIGINT ? 0 : 128 + signal), ended.out);
    BOOST_TEST(ended.out.ends_with(given_back), ended.out);
  }
}

BOOST_FIXTURE_TEST_CASE(top_without_a_terminal_shows_it_once, House) {
  start();
  expect(0, "every part runs", {"top"});
  stop();
  expect(6, "nightshift up", {"top"});
}
