// What arrives at a real mail server, and what does not get that far.
#include <signal.h>

#include <boost/test/unit_test.hpp>

#include "tests/bridges/mail/desk.hpp"
#include "tests/bridges/mail/peer.hpp"
#include "tests/bridges/mail/post_office.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::bridges::mail {
namespace {

using runtime::Outcome;

struct Fixture {
  // As the program does: OpenSSL writes to a socket that the other side has closed.
  Fixture() { ::signal(SIGPIPE, SIG_IGN); }
};

bool says(const Outcome& outcome, const std::string& part) {
  return outcome.evidence.find(part) != std::string::npos;
}

void check_not_sent(const Outcome& outcome, bool refused = false) {
  BOOST_TEST((outcome.state == EFFECT_STATE_FAILED_BEFORE_EFFECT), outcome.evidence);
  BOOST_TEST(outcome.refused == refused, outcome.evidence);
}

/// Lines of every length, dots at their beginnings, and almost the end of a message in the middle.
std::string long_message() {
  std::string message = "Subject: Long\r\n\r\n";
  for (std::size_t n = 0; n < 3000; ++n) {
    message += std::string(n % 4, '.') + std::string(n % 600, 'x') + "\r\n";
  }
  return message + ".\r\n";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(post_office, Fixture)

BOOST_AUTO_TEST_CASE(a_mail_arrives_byte_for_byte_over_starttls) {
  const PostOffice office("starttls");
  const auto outcome = send(office.account(), short_message, {"bob@example.org", "c@example.org"});
  BOOST_TEST((outcome.state == EFFECT_STATE_COMMITTED), outcome.evidence);
  BOOST_TEST(outcome.evidence == "the server of work has taken it: 250 2.0.0 kept as 1");
  BOOST_TEST_REQUIRE(office.count() == 1);
  BOOST_TEST(office.mail(1) == short_message);
  BOOST_TEST(office.envelope(1) ==
             R"(["example.org", "ada@example.org", ["bob@example.org", "c@example.org"]])");
  const auto message = long_message();
  BOOST_TEST((send(office.account(), message).state == EFFECT_STATE_COMMITTED));
  BOOST_TEST((office.mail(2) == message));
}

BOOST_AUTO_TEST_CASE(a_mail_arrives_over_tls_from_the_first_byte) {
  const PostOffice office("tls", "ada", "tiger");
  const auto outcome = send(office.account());
  BOOST_TEST((outcome.state == EFFECT_STATE_COMMITTED), outcome.evidence);
  BOOST_TEST(office.mail(1) == short_message);
}

BOOST_AUTO_TEST_CASE(whoever_has_to_log_in_does) {
  const PostOffice office("starttls", "ada", "tiger");
  BOOST_TEST((send(office.account()).state == EFFECT_STATE_COMMITTED));
  auto stranger = office.account();
  stranger.user = "eve";
  const auto outcome = send(stranger);
  check_not_sent(outcome, true);
  BOOST_TEST(says(outcome, "535"), outcome.evidence);
  BOOST_TEST(office.count() == 1);
}

BOOST_AUTO_TEST_CASE(a_password_that_is_not_there_is_named) {
  const PostOffice office("starttls", "ada", "tiger");
  auto account = office.account();
  account.password.name = "NOT_SET";
  const auto outcome = send(account);
  check_not_sent(outcome, true);
  BOOST_TEST(says(outcome, "NOT_SET"), outcome.evidence);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_nobody_trusts_ends_it_before_a_word_is_said) {
  for (const auto* how : {"starttls", "tls"}) {
    const PostOffice office(how, "ada", "tiger");
    auto account = office.account();
    account.ca_file.clear();
    check_not_sent(send(account));
    // Trusted, and for another name.
    account = office.account();
    account.url.replace(account.url.find("localhost"), 9, "127.0.0.1");
    check_not_sent(send(account));
    BOOST_TEST(office.count() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_server_without_starttls_hears_no_more_than_a_greeting) {
  const Peer peer({});
  auto account = peer.account();
  account.plain = false;
  account.user = "ada";
  account.password = {runtime::SecretReference::Source::env, "PASSWORD"};
  check_not_sent(send(account));
  for (const auto& line : peer.heard()) {
    BOOST_TEST((line.starts_with("EHLO") || line.starts_with("HELO") || line == "QUIT"), line);
  }
  BOOST_TEST(peer.messages().empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_was_sent_nothing) {
  auto account = Peer({}).account();
  check_not_sent(send(account));
}

BOOST_AUTO_TEST_CASE(plain_words_go_to_this_machine_alone) {
  auto account = Peer({}).account();
  account.url = "smtp://192.0.2.1:25";
  account.timeout = std::chrono::seconds(5);
  check_not_sent(send(account));
}

BOOST_AUTO_TEST_CASE(what_is_not_the_approved_mail_of_this_account_is_not_sent) {
  const Peer peer({});
  const auto account = peer.account();
  Mail mail({.accounts = {{"work", account}}, .secret = test_resolver, .probe = {}});
  auto ungated = permit(account);
  ungated.gated = false;
  auto other_id = permit(account);
  other_id.effect_id = "x";
  auto moved = account;
  moved.url = "smtp://127.0.0.1:1";
  auto renamed = account;
  renamed.from = "eve@example.org";
  auto with_user = account;
  with_user.user = "ada";
  for (const auto& wrong : {ungated, other_id, permit(moved), permit(renamed), permit(with_user),
                            permit(account, "", {}),
                            permit(account, "", {"bob@example.org>\r\nRCPT TO:<eve@example.org"}),
                            permit(account, "", {"bob"})}) {
    check_not_sent(mail.perform(wrong), true);
  }
  Mail none({.accounts = {}, .secret = test_resolver, .probe = {}});
  check_not_sent(none.perform(permit(account)), true);
  BOOST_TEST(peer.sessions() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::mail
