// Mails on a node: proposed, signed, sent once, and never again by itself.
#include <signal.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>

#include "tests/bridges/mail/desk.hpp"
#include "tests/bridges/mail/peer.hpp"
#include "tests/bridges/mail/post_office.hpp"

namespace nightshift::bridges::mail {
namespace {

struct Fixture {
  Fixture() { ::signal(SIGPIPE, SIG_IGN); }
  Desk desk;
};

approval::Propose plain_offer() {
  approval::Propose command;
  command.set_title("Offer");
  command.set_category(approval::CATEGORY_EMAIL);
  command.add_to("bob@example.org");
  command.set_body("Dear Bob");
  command.mutable_action()->mutable_mail();
  return command;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mail_node, Fixture)

BOOST_AUTO_TEST_CASE(an_approved_mail_arrives_once_as_it_was_shown) {
  const PostOffice office("starttls", "ada", "tiger");
  desk.open(office.account());
  desk.propose("a", offer());
  const auto view = desk.view("a");
  for (const auto& part : std::vector<std::string>{
           "SendMail", "Account:      work", office.account().url, "Ada Lovelace <ada@example.org>",
           "User:         ada", "Bob B\u00f6hm <bob@example.org>", "dora@example.org",
           "Angebot f\u00fcr Bob.pdf"}) {
    BOOST_TEST(view.preview().contains(part), view.preview());
  }
  BOOST_TEST(office.count() == 0);
  desk.approve("a");
  desk.await("a", "sent");
  BOOST_TEST_REQUIRE(office.count() == 1);
  const auto content = Canonical::decode(view.content());
  BOOST_TEST_REQUIRE(content.has_value());
  BOOST_TEST((office.mail(1) == *content->find("message")));
  BOOST_TEST(office.mail(1).contains("Message-ID: <" + view.effect_id() + "@example.org>\r\n"));
  // Bob stands in it twice.
  BOOST_TEST(office.envelope(1) ==
             R"(["example.org", "ada@example.org", )"
             R"(["bob@example.org", "carl@example.org", "dora@example.org"]])");
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_away_without_an_answer_is_never_sent_it_again) {
  const Peer peer({.replies = {{".", hang_up}}});
  desk.open(peer.account());
  desk.propose("a", plain_offer());
  desk.approve("a");
  desk.await("a", "unknown");
  desk.close();
  desk.open(peer.account());
  BOOST_TEST(desk.status("a") == "unknown");
  auto resolve = std::make_shared<approval::Resolve>();
  resolve->set_outcome(approval::Resolve::OUTCOME_COMMITTED);
  BOOST_TEST(desk.command("a", resolve).has_value());
  desk.await("a", "sent");
  BOOST_TEST(peer.sessions() == 1u);
  BOOST_TEST(peer.messages().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_busy_server_is_tried_three_times_and_a_human_may_retry) {
  const Peer peer({.replies = {{"RCPT", "450 grey\r\n"}}});
  desk.open(peer.account());
  desk.propose("a", plain_offer());
  desk.approve("a");
  desk.await("a", "failed");
  BOOST_TEST(peer.sessions() == 3u);
  BOOST_TEST(desk.view("a").evidence().contains("450 grey"), desk.view("a").evidence());
  BOOST_TEST(desk.command("a", std::make_shared<approval::Retry>()).has_value());
  BOOST_TEST(desk.status("a") == "pending");
}

BOOST_AUTO_TEST_CASE(an_account_that_moved_after_the_approval_sends_nothing_without_a_human) {
  const Peer before({.replies = {{"HELLO", "421 busy\r\n"}}});
  const Peer after({});
  desk.options.effect_backoff = std::chrono::hours(1);
  desk.open(before.account());
  desk.propose("a", plain_offer());
  desk.approve("a");
  desk.close();
  desk.open(after.account());
  desk.await("a", "failed");
  BOOST_TEST(desk.view("a").evidence().contains(after.account().url), desk.view("a").evidence());
  BOOST_TEST(after.sessions() == 0u);
  BOOST_TEST(desk.command("a", std::make_shared<approval::Retry>()).has_value());
  BOOST_TEST(desk.view("a").preview().contains(after.account().url));
  desk.approve("a");
  desk.await("a", "sent");
  BOOST_TEST(after.messages().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::mail
