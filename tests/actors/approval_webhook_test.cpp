// Proposals that call a webhook: what is signed, what is shown, what is refused.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "messages/canonical.hpp"
#include "messages/effects.pb.h"
#include "messages/json.hpp"
#include "tests/actors/approval_fixture.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

pb::Propose call() {
  pb::Propose command;
  command.set_title("Tell the CRM about Ada");
  command.set_category(pb::CATEGORY_ODOO);
  command.set_body("A new lead.\n\nSent, all of the rest:\n{}\n");
  command.mutable_action()->mutable_webhook()->set_target("crm");
  command.mutable_action()->mutable_webhook()->set_payload(
      "{\"lead\": \"Ad\u00e4\",\r\n \"n\": 1}\n");
  return command;
}

struct Row {
  ErrorCode code;
  const char* instance;
  std::function<void(pb::Propose&)> spoil;
};

using E = ErrorCode;
using P = pb::Propose&;
pb::Action::Webhook& webhook(P p) { return *p.mutable_action()->mutable_webhook(); }

const std::string too_long((1 << 20) + 1, ' ');

// clang-format off
const std::vector<Row> rows{
    {E::invalid,     "action.webhook.target",  [](P p) { webhook(p).clear_target(); }},
    {E::no_executor, "action",                 [](P p) { webhook(p).set_target("crn"); }},
    {E::no_executor, "action",                 [](P p) { webhook(p).set_target("crm\r\nX: y"); }},
    {E::invalid,     "action.webhook.payload", [](P p) { webhook(p).clear_payload(); }},
    {E::invalid,     "action.webhook.payload", [](P p) { webhook(p).set_payload("\xff"); }},
    {E::too_large,   "action.webhook.payload", [](P p) { webhook(p).set_payload(too_long); }},
    {E::invalid,     "attachments",            [](P p) { p.add_attachments()->set_name("a"); }},
    {E::invalid,     "title",                  [](P p) { p.set_title("a\nb"); }},
    {E::invalid,     "to",                     [](P p) { p.add_to("a\nb"); }},
};
// clang-format on

}  // namespace

BOOST_FIXTURE_TEST_SUITE(approval_webhook, ApprovalFixture)

BOOST_AUTO_TEST_CASE(the_content_of_a_call_is_the_recorded_one) {
  as(agent("scribe"), call()).then_accepted();
  check_golden("tests/golden/approval/webhook.content", view().content());
  check_golden("tests/golden/approval/webhook.txt",
               "digest " + view().digest() + "\n\n" + view().preview());
}

BOOST_AUTO_TEST_CASE(a_signed_call_has_an_effect_of_its_own_type) {
  as(agent("scribe"), call()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  const auto wanted = effect();
  BOOST_TEST(wanted.type == "nightshift.effect.CallWebhook");
  effect::CallWebhook message;
  BOOST_TEST(message.ParseFromString(wanted.payload));
  BOOST_TEST(message.effect_id() == view().effect_id());
  BOOST_TEST(message.source() == "EMAIL_DRAFT_1");
  story.given(dispatched()).given(ended(EFFECT_STATE_COMMITTED));
  BOOST_TEST(story.status() == "sent");
}

BOOST_AUTO_TEST_CASE(a_bad_call_is_refused_with_its_field) {
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
      auto command = call();
      row.spoil(command);
      as(person("alice"), command).then(row.code, row.instance);
    }
  }
  auto misspelt = call();
  webhook(misspelt).set_target("crn");
  as(person("alice"), misspelt).then(E::no_executor);
  BOOST_TEST(story.error().message().ends_with("did you mean crm?"));
}

BOOST_AUTO_TEST_CASE(a_node_without_webhooks_says_so) {
  story.world.node.executors.erase("nightshift.effect.CallWebhook");
  as(person("alice"), call()).then(E::no_executor, "action");
}

BOOST_AUTO_TEST_CASE(a_mail_by_webhook_needs_no_recipient_and_no_limit_of_its_channel) {
  auto command = call();
  command.set_category(pb::CATEGORY_EMAIL);
  as(person("alice"), command).then_accepted();
  Story other(kind);
  command.set_category(pb::CATEGORY_SOCIAL);
  command.set_account("x");
  command.set_body(std::string(500, 'b'));
  other.when(command).then_accepted();
}

BOOST_AUTO_TEST_CASE(where_it_goes_is_in_the_digest) {
  as(agent("scribe"), call()).then_accepted();
  const auto content = Canonical::decode(view().content());
  BOOST_TEST(content->find("url").value() == "https://crm.example.org/hooks");
  BOOST_TEST(content->find("class").value() == "keyed");
  BOOST_TEST(content->find("content_type").value() == "application/json");
  const auto before = view().digest();
  // The configuration changes, and the same is rendered again.
  auto& crm = story.world.node.executors["nightshift.effect.CallWebhook"]["crm"];
  crm = {};
  crm.add("url", "https://evil.example.org/hooks");
  crm.add("class", "keyed");
  BOOST_TEST(view().digest() == before);
  pb::Edit edit;
  edit.mutable_action()->mutable_webhook()->set_payload("{}");
  as(agent("scribe"), edit).then_accepted();
  BOOST_TEST(view().digest() != before);
  BOOST_TEST(view().preview().contains("https://evil.example.org/hooks"));
  BOOST_TEST(Canonical::decode(view().content())->find("target").value() == "crm");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_not_called_json) {
  auto command = call();
  webhook(command).set_payload("{\"lead\": }");
  as(agent("scribe"), command).then_accepted();
  BOOST_TEST(view().preview().contains("text/plain; charset=utf-8"));
}

BOOST_AUTO_TEST_CASE(what_the_picture_of_a_call_would_hide_is_not_shown_at_all) {
  as(agent("scribe"), call()).then_accepted();
  const auto content = *Canonical::decode(view().content());
  BOOST_TEST(kind.preview(content.encode()).has_value());
  const auto fields = content.fields();
  for (std::size_t at = 0; at < fields.size(); ++at) {
    Canonical without, doubled, moved;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto& [name, value] = fields[i];
      if (i != at) without.add(name, value);
      doubled.add(name, value);
      if (i == at) doubled.add(name, value);
      if (i != at) moved.add(name, value);
    }
    moved.add(fields[at].first, fields[at].second);
    moved.add("more", "");
    BOOST_TEST(!kind.preview(moved.encode()).has_value(), fields[at].first);
    const auto& name = fields[at].first;
    // What stands between target and content type is shown as it is, whatever it is called.
    if (name == "url" || name == "class") continue;
    if (name != "target") BOOST_TEST(!kind.preview(doubled.encode()).has_value(), name << " twice");
    if (name != "note") BOOST_TEST(!kind.preview(without.encode()).has_value(), name);
  }
  Canonical message;
  for (const auto& [name, value] : fields) message.add(name, value);
  message.add("message", "From: eve");
  BOOST_TEST(!kind.preview(message.encode()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
