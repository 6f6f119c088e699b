// What is made of a server that is silent, rude, endless, or goes away, at any step.
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/bridges/mail/desk.hpp"
#include "tests/bridges/mail/peer.hpp"

namespace nightshift::bridges::mail {
namespace {

using runtime::Outcome;

/// What is to come of it, as the table in docs/formats/mail.md has it.
enum class Means { taken, again, final, unknown };

struct Row {
  const char* at;
  std::string reply;
  Means means;
};

Means meaning_of(const Outcome& outcome) {
  switch (outcome.state) {
    case EFFECT_STATE_COMMITTED: return Means::taken;
    case EFFECT_STATE_FAILED_BEFORE_EFFECT: return outcome.refused ? Means::final : Means::again;
    default: return Means::unknown;
  }
}

// clang-format off
const std::vector<Row> rows{
    {"HELLO", "554 go away\r\n",                 Means::final},
    {"HELLO", "421 busy\r\n",                    Means::again},
    {"HELLO", "no smtp at all\r\n",              Means::again},
    {"HELLO", hang_up,                           Means::again},
    {"HELLO", silence,                           Means::again},
    {"HELLO", one_long_line,                     Means::again},
    {"HELLO", lines_without_end,                 Means::again},
    {"EHLO",  hang_up,                           Means::again},
    {"EHLO",  silence,                           Means::again},
    {"EHLO",  one_long_line,                     Means::again},
    {"EHLO",  lines_without_end,                 Means::again},
    {"MAIL",  "550 not you\r\n",                 Means::final},
    {"MAIL",  "451 later\r\n",                   Means::again},
    {"MAIL",  hang_up,                           Means::again},
    {"MAIL",  silence,                           Means::again},
    {"RCPT",  "550 nobody\r\n",                  Means::final},
    {"RCPT",  "450 grey\r\n",                    Means::again},
    {"RCPT",  hang_up,                           Means::again},
    {"RCPT",  lines_without_end,                 Means::again},
    {"DATA",  "554 no\r\n",                      Means::final},
    {"DATA",  "451 later\r\n",                   Means::again},
    {"DATA",  "250 what for\r\n",                Means::again},
    {"DATA",  hang_up,                           Means::again},
    {"DATA",  silence,                           Means::again},
    {"DATA",  one_long_line,                     Means::again},
    {".",     "550 spam\r\n",                    Means::final},
    {".",     "451 disk\r\n",                    Means::final},
    {".",     "250 \x1b[2J kept\r\n",            Means::taken},
    {".",     "250-kept\r\n250 as 7\r\n",        Means::taken},
    {".",     "251 somewhere\r\n",               Means::unknown},
    {".",     "who knows\r\n",                   Means::unknown},
    {".",     "25",                              Means::unknown},
    {".",     hang_up,                           Means::unknown},
    {".",     silence,                           Means::unknown},
    {".",     one_long_line,                     Means::unknown},
    {".",     lines_without_end,                 Means::unknown},
    {"QUIT",  hang_up,                           Means::taken},
    {"QUIT",  silence,                           Means::taken},
};
// clang-format on

/// Nothing but the time ends it.
bool waits(const Row& row) {
  const std::set<std::string> endless{silence, lines_without_end, "25", "who knows\r\n"};
  return endless.contains(row.reply);
}

}  // namespace

struct Fixture {
  Fixture() { ::signal(SIGPIPE, SIG_IGN); }
};

BOOST_FIXTURE_TEST_SUITE(hostile, Fixture)

BOOST_AUTO_TEST_CASE(every_answer_at_every_step_has_its_meaning) {
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data() << " at " << row.at) {
      const Peer peer({.replies = {{row.at, row.reply}}});
      auto account = peer.account();
      if (waits(row)) account.timeout = std::chrono::seconds(2);
      const auto outcome = send(account);
      BOOST_TEST((meaning_of(outcome) == row.means), outcome.evidence);
      BOOST_TEST(outcome.evidence.size() < 600u);
      BOOST_TEST(!outcome.evidence.contains('\x1b'));
      BOOST_TEST(peer.sessions() == 1u);
      const bool sent =
          row.means == Means::taken || row.means == Means::unknown || std::string(row.at) == ".";
      BOOST_TEST(peer.messages().size() == (sent ? 1u : 0u));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_in_the_middle_of_the_message_leaves_it_unknown) {
  for (const std::size_t bytes : {std::size_t(1), std::size_t(100'000)}) {
    const Peer peer({.replies = {}, .body_bytes_max = bytes});
    const auto outcome =
        send(peer.account(), "Subject: x\r\n\r\n" + std::string(8u << 20, 'x') + "\r\n");
    BOOST_TEST((meaning_of(outcome) == Means::unknown), outcome.evidence);
    BOOST_TEST(peer.sessions() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(one_recipient_that_is_turned_down_keeps_it_from_all) {
  // The server takes the first and not the second: it is asked for each.
  const Peer peer({.replies = {{"RCPT", "550 nobody\r\n"}}});
  const auto outcome = send(peer.account(), short_message, {"a@example.org", "b@example.org"});
  BOOST_TEST((meaning_of(outcome) == Means::final), outcome.evidence);
  BOOST_TEST(outcome.evidence.contains("550 nobody"), outcome.evidence);
  BOOST_TEST(peer.messages().empty());
}

BOOST_AUTO_TEST_CASE(dots_at_the_beginning_of_lines_are_doubled) {
  const Peer peer({});
  BOOST_TEST((meaning_of(send(peer.account())) == Means::taken));
  BOOST_TEST_REQUIRE(peer.messages().size() == 1u);
  BOOST_TEST(peer.messages().front() == "Subject: Hi\r\n\r\nDear Bob,\r\n..\r\n...two\r\nAda\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::mail
