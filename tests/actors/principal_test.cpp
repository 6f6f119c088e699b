// Who may call and who may approve: tokens never make an approver, signatures do.
#include <boost/test/unit_test.hpp>

#include "actors/principal/principal.hpp"
#include "messages/canonical.hpp"
#include "runtime/kernel/lift.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {
namespace {

namespace pb = nightshift::principal;

struct Fixture {
  Fixture() {
    story.world.id = "dora";
    story.world.caller = person("admin", {SCOPE_ADMIN});
  }

  std::unique_ptr<const kernel::Kind> kind = kernel::lift<actors::Principal>();
  Story story{*kind};
  SigningKey key = SigningKey::generate();

  pb::Enroll enroll() const {
    pb::Enroll command;
    command.set_public_key(to_base64url(key.public_key()));
    return command;
  }

  pb::Enroll vouched(const std::string& approver, unsigned n = 1) const {
    auto command = enroll();
    command.set_approver(approver);
    command.set_nonce(nonce(n));
    const auto text = enrolment_text(story.world.id, command.public_key(), command.nonce(),
                                     story.world.node.name);
    command.set_signature(to_base64url(story.world.keys.at(approver).sign(text)));
    return command;
  }

  Authority contributed() const {
    Authority authority;
    story.entity().contribute(authority);
    return authority;
  }
};

pb::Issue issue(const std::string& token, std::vector<Scope> scopes, bool is_agent = false) {
  pb::Issue command;
  command.set_token_hash(to_hex(as_bytes(sha256(token))));
  for (const auto scope : scopes) command.add_scopes(scope);
  command.set_agent(is_agent);
  return command;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(principal, Fixture)

// ---- tokens

BOOST_AUTO_TEST_CASE(a_token_is_known_by_its_hash_until_it_is_revoked) {
  story.when(issue("ns_1", {SCOPE_READ, SCOPE_APPROVE})).then_accepted();
  story.when(issue("ns_2", {SCOPE_PROPOSE})).then_accepted();
  const auto authority = contributed();
  BOOST_TEST(authority.credentials_size() == 2);
  BOOST_TEST(authority.approvers_size() == 0);
  const auto& first = authority.credentials(0);
  BOOST_TEST(first.principal() == "dora");
  BOOST_TEST((first.token_hash() == as_bytes(sha256("ns_1"))));
  BOOST_TEST(story.view<pb::View>().tokens() == 2u);

  story.when(pb::Revoke()).then(pb::Revoked());
  BOOST_TEST(contributed().credentials_size() == 0);
  story.when(pb::Revoke()).then();
}

BOOST_AUTO_TEST_CASE(a_bad_token_is_refused_with_its_field) {
  struct Row {
    ErrorCode code;
    const char* instance;
    pb::Issue command;
  };
  using E = ErrorCode;
  auto not_hex = issue("t", {SCOPE_READ});
  not_hex.set_token_hash("ns_secret");
  // clang-format off
  const std::vector<Row> rows{
      {E::invalid,   "token_hash", not_hex},
      {E::invalid,   "scopes",     issue("t", {})},
      {E::invalid,   "scopes",     issue("t", {SCOPE_UNSPECIFIED})},
      {E::invalid,   "scopes",     issue("t", {SCOPE_READ, SCOPE_HOST})},
      {E::invalid,   "scopes",     issue("t", {static_cast<Scope>(77)})},
      {E::forbidden, "scopes",     issue("t", {SCOPE_READ, SCOPE_APPROVE}, true)},
      {E::forbidden, "scopes",     issue("t", {SCOPE_ADMIN}, true)},
  };
  // clang-format on
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
      story.when(row.command).then(row.code, row.instance);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_agent_stays_an_agent_and_a_person_a_person) {
  story.when(issue("ns_1", {SCOPE_PROPOSE}, true)).then_accepted();
  story.when(issue("ns_2", {SCOPE_APPROVE})).then(ErrorCode::invalid, "agent");
  story.when(pb::Revoke()).then_accepted();
  story.when(issue("ns_2", {SCOPE_APPROVE})).then(ErrorCode::invalid, "agent");
  story.when(vouched("alice")).then(ErrorCode::forbidden);
}

BOOST_AUTO_TEST_CASE(the_same_token_twice_is_refused) {
  story.when(issue("ns_1", {SCOPE_READ})).then_accepted();
  story.when(issue("ns_1", {SCOPE_READ, SCOPE_OPERATE})).then(ErrorCode::invalid, "token_hash");
}

BOOST_AUTO_TEST_CASE(nobody_takes_the_name_of_the_host) {
  story.world.id = "host";
  story.when(issue("ns_1", {SCOPE_READ})).then(ErrorCode::forbidden);
  story.when(vouched("alice")).then(ErrorCode::forbidden);
}

// ---- approvers

BOOST_AUTO_TEST_CASE(the_first_approver_is_enrolled_by_the_host_alone) {
  story.world.authority.clear_approvers();
  story.when(enroll()).then(ErrorCode::forbidden);
  story.world.caller = kernel::Caller::of_host();
  story.when(enroll()).then_accepted();
  const auto authority = contributed();
  BOOST_TEST(authority.approvers(0).name() == "dora");
  BOOST_TEST((authority.approvers(0).public_key() == key.public_key()));
  BOOST_TEST(story.view<pb::View>().approver());
}

BOOST_AUTO_TEST_CASE(once_there_is_one_not_even_the_host_enrols_without_a_signature) {
  story.world.caller = kernel::Caller::of_host();
  story.when(enroll()).then(ErrorCode::forbidden, "approver");
  story.world.caller = person("admin", {SCOPE_ADMIN});
  story.when(enroll()).then(ErrorCode::forbidden, "approver");
}

BOOST_AUTO_TEST_CASE(an_approver_vouches_for_the_next) {
  story.when(vouched("alice")).then_accepted();
  BOOST_TEST(story.view<pb::View>().vouched_by() == "alice");
  BOOST_TEST(contributed().approvers_size() == 1);
}

BOOST_AUTO_TEST_CASE(a_bad_enrolment_is_refused_with_its_field) {
  struct Row {
    ErrorCode code;
    const char* instance;
    std::function<void(pb::Enroll&)> spoil;
  };
  using E = ErrorCode;
  using C = pb::Enroll&;
  const auto own = to_base64url(key.sign("enrol me"));
  const auto alices = to_base64url(story.world.keys.at("alice").public_key());
  // clang-format off
  const std::vector<Row> rows{
      {E::invalid,       "public_key", [](C c) { c.set_public_key("short"); }},
      {E::invalid,       "public_key", [&](C c) { c.set_public_key(alices); }},
      {E::forbidden,     "approver",   [](C c) { c.set_approver("mallory"); }},
      {E::bad_signature, "signature",  [](C c) { c.set_approver("bob"); }},
      {E::bad_signature, "signature",  [&](C c) { c.set_signature(own); }},
      {E::bad_signature, "signature",  [](C c) { c.clear_signature(); }},
      {E::bad_signature, "signature",  [](C c) { c.set_nonce(nonce(2)); }},
      {E::invalid,       "nonce",      [](C c) { c.set_nonce("AAAA"); }},
  };
  // clang-format on
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT("row " << &row - rows.data()) {
      auto command = vouched("alice");
      row.spoil(command);
      story.when(command).then(row.code, row.instance);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_enrolment_counts_for_one_name_on_one_node_once) {
  const auto command = vouched("alice");
  story.world.id = "eve";
  story.when(command).then(ErrorCode::bad_signature, "signature");
  story.world.id = "dora";
  story.world.node.name = "cloud";
  story.when(command).then(ErrorCode::bad_signature, "signature");
  story.world.node.name = "laptop";
  story.when(command).then_accepted();
  key = SigningKey::generate();
  story.when(vouched("bob", 2)).then_accepted();
  story.when(command).then(ErrorCode::invalid, "nonce");
}

BOOST_AUTO_TEST_CASE(revoking_the_tokens_keeps_the_key) {
  story.when(vouched("alice")).then_accepted();
  story.when(issue("ns_1", {SCOPE_APPROVE})).then_accepted();
  story.when(pb::Revoke()).then_accepted();
  BOOST_TEST(contributed().approvers_size() == 1);
}

BOOST_AUTO_TEST_CASE(a_dismissed_approver_approves_nothing_and_keeps_the_tokens) {
  story.when(issue("ns_1", {SCOPE_READ})).then_accepted();
  story.when(pb::Dismiss()).then();
  const auto enrolment = vouched("alice");
  story.when(enrolment).then_accepted();
  story.when(pb::Dismiss()).then(pb::Dismissed());
  BOOST_TEST(contributed().approvers_size() == 0);
  BOOST_TEST(contributed().credentials_size() == 1);
  BOOST_TEST(!story.view<pb::View>().approver());
  BOOST_TEST(story.view<pb::View>().public_key().empty());
  BOOST_TEST(story.view<pb::View>().vouched_by().empty());
  story.when(pb::Dismiss()).then();
  story.when(enrolment).then(ErrorCode::invalid, "nonce");
  story.when(vouched("alice", 2)).then_accepted();
}

BOOST_AUTO_TEST_CASE(the_last_approver_stays) {
  story.when(vouched("alice")).then_accepted();
  story.world.authority = contributed();
  story.when(pb::Dismiss()).then(ErrorCode::forbidden);
  BOOST_TEST(contributed().approvers_size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
