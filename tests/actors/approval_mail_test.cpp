// Proposals that are mailed: by which account, what is signed, what is shown, what is refused.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "messages/canonical.hpp"
#include "messages/effects.pb.h"
#include "tests/actors/approval_fixture.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

kernel::Targets& accounts(ApprovalFixture& fixture) {
  return fixture.story.world.node.executors["nightshift.effect.SendMail"];
}

Canonical account(const std::string& from) {
  Canonical facts;
  facts.add("url", "smtps://mail.example.org:465");
  facts.add("from", from);
  facts.add("user", "ada");
  return facts;
}

struct MailFixture : ApprovalFixture {
  MailFixture() { accounts(*this)["work"] = account("Ada Lovelace <ada@example.org>"); }

  Canonical content() const { return *Canonical::decode(view().content()); }
};

pb::Action::Mail& in_action(pb::Propose& command) {
  return *command.mutable_action()->mutable_mail();
}

pb::Propose mailing() {
  pb::Propose command;
  command.set_title("Offer for Jörg");
  command.set_category(pb::CATEGORY_EMAIL);
  auto& mail = in_action(command);
  mail.add_to("Jörg Müller <joerg@example.org>");
  mail.add_to("bob@example.org");
  mail.add_cc("Bob <bob@example.org>");
  mail.set_subject("Angebot für Jörg");
  mail.set_body("Lieber Jörg,\n.\nGrüße\n" + std::string(1200, 'a'));
  auto& file = *mail.add_attachments();
  file.set_name("Angebot.pdf");
  file.set_media_type("application/pdf");
  file.set_bytes(std::string("%PDF\0\xff", 6));
  return command;
}

/// Everything beside the action, as for the outbox.
pb::Propose beside() {
  auto command = mail();
  // It would name the account to send by.
  command.clear_account();
  command.mutable_action()->mutable_mail();
  return command;
}

struct Row {
  ErrorCode code;
  const char* instance;
  std::function<void(pb::Propose&)> spoil;
};

using E = ErrorCode;
using P = pb::Propose&;

void fill_body(P p, std::size_t bytes) { in_action(p).set_body(std::string(bytes, 'x')); }
void two_accounts(P p) {
  p.set_account("work");
  in_action(p).set_account("home");
}
void name_file(P p, const char* name) { in_action(p).mutable_attachments(0)->set_name(name); }

void add_to(P p, const char* to) { in_action(p).add_to(to); }
void set_subject(P p, const char* subject) { in_action(p).set_subject(subject); }

// clang-format off
const std::vector<Row> rows{
    {E::no_executor, "action",              [](P p) { in_action(p).set_account("wrok"); }},
    {E::no_executor, "action",              [](P p) { p.set_account("home"); }},
    {E::invalid,     "action.mail.account", two_accounts},
    {E::invalid,     "action.mail.to",      [](P p) { p.add_to("bob@example.org"); }},
    {E::invalid,     "action.mail.subject", [](P p) { p.set_subject("x"); }},
    {E::invalid,     "action.mail.body",    [](P p) { p.set_body("x"); }},
    {E::too_large,   "action.mail.body",    [](P p) { fill_body(p, (1u << 20) + 1); }},
    {E::invalid,     "to",                  [](P p) { in_action(p).clear_to(); }},
    {E::invalid,     "to",                  [](P p) { add_to(p, "b@x.org\r\nBcc: e@x"); }},
    {E::invalid,     "to",                  [](P p) { add_to(p, "b@x.org> TO:<e@x.org"); }},
    {E::invalid,     "to",                  [](P p) { add_to(p, "b@x.org, e@x.org"); }},
    {E::invalid,     "cc",                  [](P p) { in_action(p).add_cc("+49 151 2345"); }},
    {E::invalid,     "subject",             [](P p) { set_subject(p, "Hi\r\nBcc: e@x"); }},
    {E::invalid,     "attachments.name",    [](P p) { name_file(p, "a\"\r\nX: y"); }},
};
// clang-format on

}  // namespace

BOOST_FIXTURE_TEST_SUITE(approval_mail, MailFixture)

BOOST_AUTO_TEST_CASE(the_content_of_a_mail_is_the_recorded_one) {
  as(agent("scribe"), mailing()).then_accepted();
  check_golden("tests/golden/approval/mail.content", view().content());
  check_golden("tests/golden/approval/mail.txt",
               "digest " + view().digest() + "\n\n" + view().preview());
}

BOOST_AUTO_TEST_CASE(a_signed_mail_has_an_effect_of_its_own_type) {
  as(agent("scribe"), mailing()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  const auto wanted = effect();
  BOOST_TEST(wanted.type == "nightshift.effect.SendMail");
  effect::SendMail message;
  BOOST_TEST(message.ParseFromString(wanted.payload));
  BOOST_TEST(message.effect_id() == view().effect_id());
  story.given(dispatched()).given(ended(EFFECT_STATE_COMMITTED));
  BOOST_TEST(story.status() == "sent");
}

BOOST_AUTO_TEST_CASE(a_bad_mail_is_refused_with_its_field) {
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
      auto command = mailing();
      row.spoil(command);
      as(person("alice"), command).then(row.code, row.instance);
    }
  }
  auto misspelt = mailing();
  in_action(misspelt).set_account("wrok");
  as(person("alice"), misspelt).then(E::no_executor);
  BOOST_TEST(story.error().message().ends_with("did you mean work?"));
}

BOOST_AUTO_TEST_CASE(only_seven_bits_and_nothing_of_the_house_leave_it) {
  as(agent("scribe"), mailing()).then_accepted();
  const std::string message(*content().find("message"));
  for (const char c : message) BOOST_REQUIRE(static_cast<unsigned char>(c) < 0x80);
  BOOST_TEST(message.contains("From: Ada Lovelace <ada@example.org>\r\n"));
  BOOST_TEST(message.contains("Message-ID: <" + view().effect_id() + "@example.org>\r\n"));
  BOOST_TEST(!message.contains("ightshift"));
  for (std::size_t at = 0; at < message.size();) {
    const auto end = message.find("\r\n", at);
    BOOST_REQUIRE(end != message.npos);
    BOOST_REQUIRE_LE(end - at, 998u);
    at = end + 2;
  }
}

BOOST_AUTO_TEST_CASE(what_stands_beside_the_action_is_mailed_as_well) {
  as(agent("scribe"), beside()).then_accepted();
  BOOST_TEST(content().find("target").value() == "work");
  BOOST_TEST(!content().find("account").has_value());
  BOOST_TEST(content().find("envelope_to").has_value());
}

BOOST_AUTO_TEST_CASE(without_a_name_it_is_the_only_account_or_the_default_one) {
  auto& all = accounts(*this);
  all["home"] = account("ada@home.example");
  as(agent("scribe"), mailing()).then(E::no_executor, "action");
  BOOST_TEST(story.error().message().contains("home, work"), story.error().message());
  all["default"] = account("ada@default.example");
  as(agent("scribe"), mailing()).then_accepted();
  BOOST_TEST(content().find("from").value() == "ada@default.example");
  // An edit stays with it, whatever else there is by then, unless it names another.
  all["a"] = account("a@example.org");
  as(agent("scribe"), edit_body("anew")).then_accepted();
  BOOST_TEST(content().find("target").value() == "default");
  pb::Edit edit;
  edit.set_account("home");
  as(agent("scribe"), edit).then_accepted();
  BOOST_TEST(content().find("target").value() == "home");
  BOOST_TEST(content().find("envelope_from").value() == "ada@home.example");
}

BOOST_AUTO_TEST_CASE(an_edit_in_the_action_changes_what_is_mailed) {
  as(agent("scribe"), mailing()).then_accepted();
  const auto before = view().digest();
  pb::Edit edit;
  edit.mutable_action()->mutable_mail()->add_to("eve@example.org");
  edit.mutable_action()->mutable_mail()->set_body("other words");
  as(agent("scribe"), edit).then_accepted();
  BOOST_TEST(view().digest() != before);
  BOOST_TEST(view().preview().contains("other words"));
  BOOST_TEST(content().find("envelope_to").value() == "eve@example.org");
  BOOST_TEST(content().find("subject").value() == "Angebot für Jörg");
}

BOOST_AUTO_TEST_CASE(where_it_goes_and_as_whom_is_in_the_digest) {
  as(agent("scribe"), mailing()).then_accepted();
  const auto before = view().digest();
  accounts(*this)["work"] = account("eve@example.org");
  BOOST_TEST(view().digest() == before);
  as(agent("scribe"), edit_body("anew")).then_accepted();
  BOOST_TEST(view().preview().contains("From:         eve@example.org"), view().preview());
}

BOOST_AUTO_TEST_CASE(a_sender_that_is_no_address_sends_nothing) {
  accounts(*this)["work"] = account("eve@example.org\r\nBcc: all@example.org");
  as(agent("scribe"), mailing()).then(E::no_executor, "action");
}

BOOST_AUTO_TEST_CASE(what_the_picture_of_a_mail_would_hide_is_not_shown_at_all) {
  as(agent("scribe"), mailing()).then_accepted();
  BOOST_TEST(kind.preview(view().content()).has_value());
  const auto all = content();
  const auto& fields = all.fields();
  for (std::size_t at = 0; at < fields.size(); ++at) {
    Canonical without, doubled, other;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto& [name, value] = fields[i];
      if (i != at) without.add(name, value);
      doubled.add(name, value);
      if (i == at) doubled.add(name, value);
      other.add(name, i == at ? value + "x" : value);
    }
    const auto& name = fields[at].first;
    // What stands between account and envelope is shown as it is, whatever it is called.
    const bool is_fact = name == "url" || name == "user";
    const bool may_repeat = is_fact || name == "from" || name == "target";
    const bool is_word = is_fact || name == "target" || name == "policy_version" ||
                         name == "executor" || name == "approval" || name == "approvers" ||
                         name == "channel";
    BOOST_TEST(kind.preview(doubled.encode()).has_value() == may_repeat, name << " twice");
    // Without one of its own, what is shown is the message's.
    const bool may_miss = is_fact || name == "subject";
    BOOST_TEST(kind.preview(without.encode()).has_value() == may_miss, "no " << name);
    if (!is_word) BOOST_TEST(!kind.preview(other.encode()).has_value(), "another " << name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
