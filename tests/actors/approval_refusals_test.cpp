// What is refused, and what the refusal concerns: one row each.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/actors/approval_fixture.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;

/// Spoils the good mail.
struct BadProposal {
  ErrorCode code;
  const char* instance;
  std::function<void(pb::Propose&)> spoil;
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

void add_many(pb::Propose& p, int count) {
  while (count-- > 0) p.add_to("a@x.org");
}

constexpr auto no_category = static_cast<pb::Category>(99);
constexpr auto linkedin = pb::CATEGORY_LINKEDIN;
constexpr auto whatsapp = pb::CATEGORY_WHATSAPP;
constexpr auto social = pb::CATEGORY_SOCIAL;

using E = ErrorCode;
using P = pb::Propose&;
// clang-format off
const std::vector<BadProposal> bad_proposals{
    {E::invalid,    "category",               [](P p) { p.clear_category(); }},
    {E::invalid,    "category",               [](P p) { p.set_category(no_category); }},
    {E::invalid,    "title",                  [](P p) { p.clear_title(); }},
    {E::invalid,    "title",                  [](P p) { p.set_title("a\nb"); }},
    {E::invalid,    "subject",                [](P p) { p.set_subject("a\r\nBcc: eve@x.org"); }},
    {E::invalid,    "subject",                [](P p) { p.set_subject("a\rb"); }},
    {E::invalid,    "subject",                [](P p) { p.set_subject("C1 control \u0085"); }},
    {E::invalid,    "subject",                [](P p) { p.set_subject("not UTF-8 \xFF"); }},
    {E::invalid,    "body",                   [](P p) { p.set_body("overlong \xC0\xAF"); }},
    {E::invalid,    "account",                [](P p) { p.set_account("a@x.org\nBcc: e@x.org"); }},
    {E::invalid,    "to",                     [](P p) { p.clear_to(); }},
    {E::invalid,    "to",                     [](P p) { p.add_to(""); }},
    {E::invalid,    "to",                     [](P p) { p.add_to("John"); }},
    {E::invalid,    "to",                     [](P p) { p.add_to("a@x.org, b@x.org"); }},
    {E::invalid,    "to",                     [](P p) { p.add_to("boss@x.org <eve@x.org>"); }},
    {E::invalid,    "to",                     [](P p) { p.add_to("a@x.org\r\nBcc: e@x.org"); }},
    {E::invalid,    "to",                     [](P p) { p.add_to("jörg@x.org"); }},
    {E::invalid,    "to",                     [](P p) { add_many(p, 101); }},
    {E::invalid,    "cc",                     [](P p) { p.add_cc("x"); }},
    {E::invalid,    "attachments.name",       [](P p) { attach(p, "../a", "", 1); }},
    {E::invalid,    "attachments.name",       [](P p) { attach(p, "a\r\nX: y", "", 1); }},
    {E::invalid,    "attachments.media_type", [](P p) { attach(p, "a", "a/b\r\nX: y", 1); }},
    {E::too_large,  "attachments",            [](P p) { attach(p, "a", "", (5u << 20) + 1); }},
    {E::invalid,    "file",                   [](P p) { p.set_file("a/../../b.md"); }},
    {E::invalid,    "file",                   [](P p) { p.set_file("/etc/passwd"); }},
    {E::too_large,  "body",                   [](P p) { post(p, linkedin, "", 3001); }},
    {E::too_large,  "body",                   [](P p) { post(p, whatsapp, "", 4097); }},
    {E::too_large,  "body",                   [](P p) { post(p, social, "x", 281); }},
    {E::too_large,  "body",                   [](P p) { post(p, social, "Twitter: me", 281); }},
    {E::too_large,  "body",                   [](P p) { post(p, social, "instagram", 2201); }},
    {E::too_large,  "body",                   [](P p) { post(p, social, "facebook", 63207); }},
    {E::invalid,    "action.mcp.server",      [](P p) { p.mutable_action()->mutable_mcp(); }},
    {E::no_executor,"action",                 [](P p) { p.mutable_action()->mutable_mail(); }},
};
// clang-format on

}  // namespace

BOOST_FIXTURE_TEST_SUITE(approval_refusals, ApprovalFixture)

BOOST_AUTO_TEST_CASE(a_bad_proposal_is_refused_with_its_field) {
  for (const auto& bad : bad_proposals) {
    BOOST_TEST_CONTEXT("row " << &bad - bad_proposals.data()) {
      auto command = mail();
      bad.spoil(command);
      as(person("vault"), command).then(bad.code, bad.instance);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_body_at_the_limit_is_taken) {
  const std::vector<std::tuple<pb::Category, const char*, std::size_t>> limits{
      {linkedin, "", 3000},          {whatsapp, "", 4096},        {social, "x", 280},
      {social, "instagram", 2200},   {social, "facebook", 63206}, {social, "mastodon", 70000},
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
  post(command, linkedin, "", 3001);
  as(person("alice"), command).then(ErrorCode::too_large, "body");
  BOOST_TEST(story.error().message() ==
             "LinkedIn takes 3000 characters, and the body has 3001; shorten it");
}

BOOST_AUTO_TEST_CASE(nothing_is_proposed_where_nobody_could_send_it) {
  story.world.node.executors.clear();
  as(person("alice"), mail()).then(ErrorCode::no_executor, "action");
}

BOOST_AUTO_TEST_CASE(nothing_is_proposed_where_the_node_may_not_send_it) {
  story.world.node.capabilities = {"webhook"};
  as(person("alice"), mail()).then(ErrorCode::no_executor, "action");
  BOOST_TEST((story.error().message().find("lacks the capability outbox") != std::string::npos));
  story.world.node.capabilities = {"webhook", "outbox"};
  story.world.node.role = "cloud";
  as(person("alice"), mail()).then(ErrorCode::no_executor, "action");
  BOOST_TEST((story.error().message().find("only drafts") != std::string::npos));
  story.world.node.role = "local";
  as(person("alice"), mail()).then_accepted();
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

BOOST_AUTO_TEST_CASE(an_edit_that_contradicts_itself_is_refused_with_its_field) {
  as(person("alice"), mail()).then_accepted();
  struct Row {
    const char* instance;
    std::function<void(pb::Edit&)> fill;
  };
  using F = pb::Edit;
  using C = pb::Edit&;
  // clang-format off
  const std::vector<Row> rows{
      {"",      [](C) {}},
      {"clear", [](C c) { c.add_to("a@x.org"); c.add_clear(F::FIELD_TO); }},
      {"clear", [](C c) { c.add_cc("a@x.org"); c.add_clear(F::FIELD_CC); }},
      {"clear", [](C c) { c.add_attachments(); c.add_clear(F::FIELD_ATTACHMENTS); }},
      {"clear", [](C c) { c.mutable_deadline(); c.add_clear(F::FIELD_DEADLINE); }},
      {"clear", [](C c) { c.add_clear(F::FIELD_UNSPECIFIED); }},
      {"clear", [](C c) { c.add_clear(static_cast<pb::Edit::Field>(99)); }},
      {"to",    [](C c) { c.add_clear(F::FIELD_TO); }},
  };
  // clang-format on
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
      pb::Edit edit;
      row.fill(edit);
      as(person("alice"), edit).then(ErrorCode::invalid, row.instance);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cloud_node_says_where_to_propose) {
  story.world.node.role = "cloud";
  story.world.node.executors.clear();
  as(agent("scribe"), mail()).then(ErrorCode::no_executor, "action");
  BOOST_TEST(story.error().message().find("Propose it to the local node") != std::string::npos);
}

// ---- approve

BOOST_AUTO_TEST_CASE(a_bad_approval_is_refused_with_its_field) {
  as(agent("scribe"), mail()).then_accepted();
  struct Row {
    ErrorCode code;
    const char* instance;
    std::function<void(pb::Approve&)> spoil;
  };
  const std::string zeros(64, '0');
  using C = pb::Approve&;
  // clang-format off
  const std::vector<Row> rows{
      {E::digest_mismatch, "digest",    [](C c) { c.clear_digest(); }},
      {E::digest_mismatch, "digest",    [&](C c) { c.set_digest(zeros); }},
      {E::forbidden,       "approver",  [](C c) { c.clear_approver(); }},
      {E::forbidden,       "approver",  [](C c) { c.set_approver("mallory"); }},
      {E::bad_signature,   "",          [](C c) { c.set_approver("bob"); }},
      {E::bad_signature,   "",          [](C c) { c.clear_signature(); }},
      {E::bad_signature,   "signature", [](C c) { c.set_signature("no!"); }},
      {E::bad_signature,   "",          [](C c) { c.set_signature("yes"); }},
      {E::invalid,         "nonce",     [](C c) { c.clear_nonce(); }},
      {E::invalid,         "nonce",     [](C c) { c.set_nonce("AAAA"); }},
      {E::invalid,         "nonce",     [](C c) { c.set_nonce(c.nonce() + "=="); }},
      {E::bad_signature,   "",          [](C c) { c.set_nonce(nonce(9)); }},
      {E::invalid,         "expiry",    [](C c) { c.set_expiry("soon"); }},
      {E::bad_signature,   "",          [](C c) { c.set_expiry("2026-12-24T00:00:00Z"); }},
  };
  // clang-format on
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
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
