// The inbox on a terminal.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/cli/played_node.hpp"

namespace {

using namespace nightshift::bridges::cli::tests;

constexpr const char* page = R"({"items":[{"kind":"approval","id":"offer","status":"unknown",
"since":"2026-11-21T07:00:00Z","awaits":"look there, then \u001b[2Jresolve",
"commands":["resolve"],"entity":{}}],
"tells":[{"source":"purse/a","target":"purse/b","n":1,"command":"Receive","attempts":2,
"since":"2026-11-21T07:00:00Z","cause":"purse/b is quarantined","awaits":"mend the cause"}],
"files":[{"path":"Inbox/big.md","since":"2026-11-21T07:00:00Z","cause":"it is too large"}],
"next":"approval:unknown:offer"})";

}  // namespace

BOOST_AUTO_TEST_CASE(the_inbox_says_what_to_do_about_each) {
  const PlayedNode node([](const Asked&) { return Answered{200, page}; });
  const CommandLine line;
  const auto run = line.run({"--url", node.url(), "--token", "t", "inbox", "--limit", "1"});
  BOOST_TEST(run.exit_code == 0, run.err);
  for (const auto* part :
       {"approval/offer  unknown", "nightshift approval resolve offer", "nightshift get",
        "purse/a  cannot tell purse/b: Receive", "purse/b is quarantined", "mend the cause",
        "Inbox/big.md  is refused since", "it is too large",
        "there is more: nightshift inbox --after approval:unknown:offer"}) {
    BOOST_TEST(says(run.out, part), run.out);
  }
  BOOST_TEST(!says(run.out, "\x1b"), "what a terminal obeys is shown, not passed on");
  BOOST_TEST(node.asked().front().target == "/v1/inbox?limit=1");
}

BOOST_AUTO_TEST_CASE(an_empty_inbox_says_so) {
  const PlayedNode node([](const Asked&) { return Answered{200, R"({"items":[],"tells":[]})"}; });
  const CommandLine line;
  const auto run = line.run({"--url", node.url(), "--token", "t", "inbox"});
  BOOST_TEST(run.out == "nothing waits for you\n");
  const auto json = line.run({"--url", node.url(), "--token", "t", "--json", "inbox"});
  BOOST_TEST(json.out == "{\"items\":[],\"tells\":[]}\n");
}
