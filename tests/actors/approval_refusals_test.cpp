// What is refused, and what the refusal concerns: one row each.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/actors/approval_fixture.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;

/// Changes the good mail; the name says what is wrong then.
struct BadProposal {
  const char* name;
  std::function<void(pb::Propose&)> spoil;
  ErrorCode code;
  const char* instance;
};

std::string characters(std::size_t count) {
  std::string text;
  while (count-- > 0) text += "é";
  return text;
}

void post(pb::Propose& p, pb::Category category, const char* account, std::size_t length) {
  p.set_category(category);
  p.set_account(account);
  p.clear_to();
  p.set_body(characters(length));
}

void attach(pb::Propose& p, const char* name, const char* type, std::size_t bytes) {
  auto& file = *p.add_attachments();
  file.set_name(name);
  file.set_media_type(type);
  file.set_bytes(std::string(bytes, 'x'));
}

using E = ErrorCode;
// clang-format off
const std::vector<BadProposal> bad_proposals{
    {"no category",          [](auto& p) { p.clear_category(); },                    E::invalid,   "category"},
    {"unknown category",     [](auto& p) { p.set_category(static_cast<pb::Category>(99)); }, E::invalid, "category"},
    {"no title",             [](auto& p) { p.clear_title(); },                       E::invalid,   "title"},
    {"title of two lines",   [](auto& p) { p.set_title("a\nb"); },                   E::invalid,   "title"},
    {"injected subject",     [](auto& p) { p.set_subject("a\r\nBcc: eve@x.org"); },  E::invalid,   "subject"},
    {"lone CR in subject",   [](auto& p) { p.set_subject("a\rb"); },                 E::invalid,   "subject"},
    {"C1 control",           [](auto& p) { p.set_subject("a\xC2\x85" "b"); },        E::invalid,   "subject"},
    {"subject not UTF-8",    [](auto& p) { p.set_subject("a\xFF"); },                E::invalid,   "subject"},
    {"body not UTF-8",       [](auto& p) { p.set_body("a\xC0\xAF"); },               E::invalid,   "body"},
    {"injected account",     [](auto& p) { p.set_account("a@x.org\nBcc: e@x.org"); },E::invalid,   "account"},
    {"nobody to send to",    [](auto& p) { p.clear_to(); },                          E::invalid,   "to"},
    {"empty recipient",      [](auto& p) { p.add_to(""); },                          E::invalid,   "to"},
    {"no address",           [](auto& p) { p.add_to("John"); },                      E::invalid,   "to"},
    {"two in one",           [](auto& p) { p.add_to("a@x.org, b@x.org"); },          E::invalid,   "to"},
    {"name as an address",   [](auto& p) { p.add_to("boss@x.org <eve@x.org>"); },    E::invalid,   "to"},
    {"injected recipient",   [](auto& p) { p.add_to("a@x.org\r\nBcc: e@x.org"); },   E::invalid,   "to"},
    {"address not ASCII",    [](auto& p) { p.add_to("jörg@x.org"); },                E::invalid,   "to"},
    {"bad copy",             [](auto& p) { p.add_cc("x"); },                         E::invalid,   "cc"},
    {"too many",             [](auto& p) { for (int i = 0; i < 101; ++i) p.add_cc("a@x.org"); }, E::invalid, "to"},
    {"attached path",        [](auto& p) { attach(p, "../a", "", 1); },              E::invalid,   "attachments.name"},
    {"injected file name",   [](auto& p) { attach(p, "a\r\nX: y", "", 1); },         E::invalid,   "attachments.name"},
    {"injected media type",  [](auto& p) { attach(p, "a", "a/b\r\nX: y", 1); },      E::invalid,   "attachments.media_type"},
    {"too much attached",    [](auto& p) { attach(p, "a", "", (5u << 20) + 1); },    E::too_large, "attachments"},
    {"file out of the vault",[](auto& p) { p.set_file("a/../../b.md"); },            E::invalid,   "file"},
    {"absolute file",        [](auto& p) { p.set_file("/etc/passwd"); },             E::invalid,   "file"},
    {"LinkedIn, too long",   [](auto& p) { post(p, pb::CATEGORY_LINKEDIN, "", 3001); },       E::too_large, "body"},
    {"WhatsApp, too long",   [](auto& p) { post(p, pb::CATEGORY_WHATSAPP, "", 4097); },       E::too_large, "body"},
    {"X, too long",          [](auto& p) { post(p, pb::CATEGORY_SOCIAL, "x", 281); },         E::too_large, "body"},
    {"Twitter, too long",    [](auto& p) { post(p, pb::CATEGORY_SOCIAL, "Twitter: me", 281); }, E::too_large, "body"},
    {"Instagram, too long",  [](auto& p) { post(p, pb::CATEGORY_SOCIAL, "instagram", 2201); },E::too_large, "body"},
    {"Facebook, too long",   [](auto& p) { post(p, pb::CATEGORY_SOCIAL, "facebook", 63207); },E::too_large, "body"},
    {"webhook",              [](auto& p) { p.mutable_action()->mutable_webhook()->set_target("crm"); }, E::no_executor, "action"},
    {"MCP tool",             [](auto& p) { p.mutable_action()->mutable_mcp()->set_tool("pay"); },       E::no_executor, "action"},
    {"mail account",         [](auto& p) { p.mutable_action()->mutable_mail(); },    E::no_executor, "action"},
};
// clang-format on

}  // namespace

BOOST_FIXTURE_TEST_SUITE(approval_refusals, ApprovalFixture)

BOOST_AUTO_TEST_CASE(a_bad_proposal_is_refused_with_its_field) {
  for (const auto& bad : bad_proposals) {
    BOOST_TEST_CONTEXT(bad.name) {
      auto command = mail();
      bad.spoil(command);
      as(person("vault"), command).then(bad.code, bad.instance);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_body_at_the_limit_is_taken) {
  const std::vector<std::tuple<pb::Category, const char*, std::size_t>> limits{
      {pb::CATEGORY_LINKEDIN, "", 3000},
      {pb::CATEGORY_WHATSAPP, "", 4096},
      {pb::CATEGORY_SOCIAL, "x", 280},
      {pb::CATEGORY_SOCIAL, "instagram", 2200},
      {pb::CATEGORY_SOCIAL, "facebook", 63206},
      {pb::CATEGORY_SOCIAL, "mastodon", 70000},
      {pb::CATEGORY_ODOO, "", 70000}};
  for (const auto& [category, account, length] : limits) {
    Story fresh(kind);
    auto command = mail();
    post(command, category, account, length);
    fresh.when(command).then_accepted();
  }
}

BOOST_AUTO_TEST_CASE(an_over_long_body_is_told_limit_and_length) {
  auto command = mail();
  post(command, pb::CATEGORY_LINKEDIN, "", 3001);
  as(person("alice"), command).then(ErrorCode::too_large, "body");
  BOOST_TEST(story.error().message() ==
             "LinkedIn takes 3000 characters, and the body has 3001; shorten it");
}

BOOST_AUTO_TEST_CASE(nothing_is_proposed_where_nobody_could_send_it) {
  story.world.node.executors.clear();
  as(person("alice"), mail()).then(ErrorCode::no_executor, "action");
}

BOOST_AUTO_TEST_CASE(a_proposal_that_has_expired_already_is_refused) {
  auto command = mail();
  *command.mutable_deadline() = to_proto(story.world.now);
  as(person("alice"), command).then(ErrorCode::expired, "deadline");
}

BOOST_AUTO_TEST_CASE(an_agent_names_no_file_of_the_vault) {
  auto command = mail();
  command.set_file("Pending_Approval/Email/EMAIL_DRAFT_2.md");
  as(agent("scribe"), command).then(ErrorCode::forbidden, "file");
  as(person("vault"), command).then_accepted();
  BOOST_TEST(view().file() == "Pending_Approval/Email/EMAIL_DRAFT_2.md");
}

BOOST_AUTO_TEST_CASE(an_edit_is_held_to_the_same_rules) {
  as(agent("scribe"), mail()).then_accepted();
  as(agent("scribe"), pb::Edit()).then(ErrorCode::invalid);
  pb::Edit edit;
  edit.set_subject("a\r\nBcc: eve@example.org");
  as(agent("scribe"), edit).then(ErrorCode::invalid, "subject");
  BOOST_TEST(view().revision() == 1u);
}

// ---- approve

BOOST_AUTO_TEST_CASE(a_bad_approval_is_refused_with_its_field) {
  as(agent("scribe"), mail()).then_accepted();
  struct Row {
    const char* name;
    std::function<void(pb::Approve&)> spoil;
    ErrorCode code;
    const char* instance;
  };
  const std::string zeros(64, '0');
  const auto other = nonce(9);
  // clang-format off
  const std::vector<Row> rows{
      {"no digest",        [](auto& c) { c.clear_digest(); },               E::digest_mismatch, "digest"},
      {"another digest",   [&](auto& c) { c.set_digest(zeros); },           E::digest_mismatch, "digest"},
      {"no approver",      [](auto& c) { c.clear_approver(); },             E::forbidden,       "approver"},
      {"a stranger",       [](auto& c) { c.set_approver("mallory"); },      E::forbidden,       "approver"},
      {"another approver", [](auto& c) { c.set_approver("bob"); },          E::bad_signature,   ""},
      {"no signature",     [](auto& c) { c.clear_signature(); },            E::bad_signature,   ""},
      {"not base64url",    [](auto& c) { c.set_signature("no!"); },         E::bad_signature,   "signature"},
      {"yes",              [](auto& c) { c.set_signature("yes"); },         E::bad_signature,   ""},
      {"no nonce",         [](auto& c) { c.clear_nonce(); },                E::invalid,         "nonce"},
      {"short nonce",      [](auto& c) { c.set_nonce("AAAA"); },            E::invalid,         "nonce"},
      {"padded nonce",     [](auto& c) { c.set_nonce(c.nonce() + "=="); },  E::invalid,         "nonce"},
      {"another nonce",    [&](auto& c) { c.set_nonce(other); },            E::bad_signature,   ""},
      {"no time",          [](auto& c) { c.set_expiry("soon"); },           E::invalid,         "expiry"},
      {"another expiry",   [](auto& c) { c.set_expiry("2026-12-24T00:00:00Z"); }, E::bad_signature, ""},
  };
  // clang-format on
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      auto command = approve("alice");
      row.spoil(command);
      as(person("alice"), command).then(row.code, row.instance);
    }
  }
  as(person("alice"), approve("alice", 1, "2026-11-21T06:59:59Z")).then(ErrorCode::expired);
  BOOST_TEST(story.status() == "pending");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
