// What a move of the owner decides, and what it never does.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "messages/gate.hpp"
#include "messages/moves.hpp"
#include "tests/actors/approval_fixture.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;

struct Moving : ApprovalFixture {
  pb::ApproveByMove move(const std::string& owner = "alice") const {
    pb::ApproveByMove command;
    command.set_digest(view().digest());
    command.set_owner(owner);
    command.mutable_move()->set_from("Pending_Approval/Email/EMAIL_DRAFT_1.md");
    command.mutable_move()->set_to("Approved/EMAIL_DRAFT_1.md");
    command.mutable_move()->set_inode(77);
    return command;
  }

  /// As the vault bridge sends it.
  Story& moved(const pb::ApproveByMove& command) {
    return as({.principal = "alice", .scopes = {SCOPE_HOST}}, command);
  }

  void adjust(const std::function<void(MovePolicy&)>& how) {
    auto policy = std::make_shared<MovePolicy>(story.world.node.owners<MovePolicy>());
    how(*policy);
    story.world.node.data[MovePolicy::descriptor()->full_name()] = policy;
  }

  /// What the host asks right before it hands the effect over.
  Result<Canonical> opened() const {
    return open_gate(*effect().gate, story.world.authority, story.world.node.name, story.world.now,
                     story.world.node.owners<MovePolicy>());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(approval_moves, Moving)

BOOST_AUTO_TEST_CASE(a_move_of_the_owner_approves_and_is_recorded_as_the_weaker_proof) {
  as(agent("scribe"), mail()).then_accepted();
  moved(move()).then_accepted();
  BOOST_TEST(story.status() == "approved");
  BOOST_TEST(view().decided_by(0) == "alice");
  BOOST_TEST(view().proof() == PROOF_MOVE);
  const auto& event = story.event<pb::Approved>();
  BOOST_TEST(event.decision().proof() == PROOF_MOVE);
  BOOST_TEST(event.decision().signature().empty());
  BOOST_TEST(event.move().to() == "Approved/EMAIL_DRAFT_1.md");
  BOOST_TEST(opened().has_value());
}

BOOST_AUTO_TEST_CASE(a_signature_is_shown_as_one) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  BOOST_TEST(view().proof() == PROOF_SIGNATURE);
}

BOOST_AUTO_TEST_CASE(a_move_of_other_bytes_than_are_proposed_decides_nothing) {
  as(agent("scribe"), mail()).then_accepted();
  const auto seen = move();
  as(person("bob"), edit_body("Dear John,\n\nnothing stands.\n")).then_accepted();
  moved(seen).then(ErrorCode::digest_mismatch, "digest");
  BOOST_TEST(story.status() == "pending");
}

BOOST_AUTO_TEST_CASE(what_was_approved_by_a_move_is_void_after_an_edit) {
  as(agent("scribe"), mail()).then_accepted();
  moved(move()).then_accepted();
  as(person("bob"), edit_body("Dear John,\n\nnothing stands.\n")).then_accepted();
  BOOST_TEST(story.status() == "pending");
  BOOST_TEST(view().proof() == PROOF_UNSPECIFIED);
}

BOOST_AUTO_TEST_CASE(payments_and_postings_are_never_decided_by_a_move) {
  auto invoice = mail();
  invoice.set_category(pb::CATEGORY_ODOO);
  as(agent("scribe"), invoice).then_accepted();
  adjust([](auto& policy) { policy.add_channels("odoo"); });
  moved(move()).then(ErrorCode::forbidden, "proof");
}

BOOST_AUTO_TEST_CASE(a_webhook_is_never_called_by_a_move) {
  auto call = mail();
  call.mutable_action()->mutable_webhook()->set_target("crm");
  call.mutable_action()->mutable_webhook()->set_payload("{}");
  as(agent("scribe"), call).then_accepted();
  moved(move()).then(ErrorCode::forbidden, "proof");
}

BOOST_AUTO_TEST_CASE(what_is_attached_wants_the_key) {
  auto with_file = mail();
  auto& file = *with_file.add_attachments();
  file.set_name("offer.pdf");
  file.set_bytes("%PDF");
  as(agent("scribe"), with_file).then_accepted();
  moved(move()).then(ErrorCode::forbidden, "proof");
}

BOOST_AUTO_TEST_CASE(four_eyes_want_two_keys) {
  auto important = mail();
  important.set_four_eyes(true);
  as(agent("scribe"), important).then_accepted();
  moved(move()).then(ErrorCode::forbidden, "proof");
  as(person("bob"), approve("bob")).then_accepted();
  moved(move()).then(ErrorCode::forbidden, "proof");
}

BOOST_AUTO_TEST_CASE(a_channel_that_the_policy_does_not_name_wants_the_key) {
  as(agent("scribe"), mail()).then_accepted();
  adjust([](auto& policy) {
    policy.clear_channels();
    policy.add_channels("linkedin");
  });
  moved(move()).then(ErrorCode::forbidden, "proof");
  adjust([](auto& policy) { policy.Clear(); });
  moved(move()).then(ErrorCode::forbidden, "proof");
}

BOOST_AUTO_TEST_CASE(only_the_owners_move_counts_and_only_while_he_can_approve) {
  as(agent("scribe"), mail()).then_accepted();
  moved(move("bob")).then(ErrorCode::forbidden, "proof");
  story.world.authority.mutable_approvers()->DeleteSubrange(0, 1);
  moved(move()).then(ErrorCode::forbidden, "approver");
}

BOOST_AUTO_TEST_CASE(an_agent_never_moves) {
  as(agent("scribe"), mail()).then_accepted();
  as(agent("scribe", {SCOPE_HOST}), move()).then(ErrorCode::forbidden, "approver");
}

BOOST_AUTO_TEST_CASE(words_that_hide_others_want_the_key) {
  auto odd = mail();
  odd.set_body("Pay 10 \u202E001\u202C euros");
  as(agent("scribe"), odd).then_accepted();
  moved(move()).then(ErrorCode::forbidden, "proof");
}

BOOST_AUTO_TEST_CASE(a_deadline_ends_moves_too) {
  auto due = mail();
  *due.mutable_deadline() = to_proto(story.world.now + 1h);
  as(agent("scribe"), due).then_accepted();
  story.world.now += 1h;
  moved(move()).then(ErrorCode::expired, "deadline");
}

BOOST_AUTO_TEST_CASE(the_policy_is_asked_again_before_anything_is_sent) {
  as(agent("scribe"), mail()).then_accepted();
  moved(move()).then_accepted();
  const auto policy = story.world.node.owners<MovePolicy>();
  const std::vector<std::function<void(MovePolicy&)>> changes{
      [](auto& now) { now.Clear(); },
      [](auto& now) { now.set_owner("bob"); },
      [](auto& now) { now.clear_channels(); },
  };
  for (const auto& change : changes) {
    adjust(change);
    BOOST_TEST(!opened().has_value());
    adjust([&](auto& now) { now = policy; });
    BOOST_TEST(opened().has_value());
  }
  story.world.authority.clear_approvers();
  BOOST_TEST(!opened().has_value());
}

BOOST_AUTO_TEST_CASE(a_signed_decision_does_not_pass_for_a_move_nor_a_move_for_a_signed_one) {
  as(agent("scribe"), mail()).then_accepted();
  moved(move()).then_accepted();
  const auto& policy = story.world.node.owners<MovePolicy>();
  const auto is_open = [&](const Gate& gate) {
    return open_gate(gate, story.world.authority, "laptop", story.world.now, policy).has_value();
  };
  const auto gate = *effect().gate;
  BOOST_TEST(is_open(gate));
  const std::vector<std::function<void(Decision&)>> forgeries{
      [](auto& d) { d.set_proof(PROOF_SIGNATURE); },
      [](auto& d) { d.set_proof(PROOF_TOKEN); },
      [](auto& d) { d.set_approver("bob"); },
      [](auto& d) { d.set_public_key(std::string(32, 'k')); },
      [](auto& d) { d.set_decision("reject"); },
      [](auto& d) { d.set_executor("cloud"); },
      [](auto& d) { d.set_signature("s"); },
      [](auto& d) { d.set_nonce(nonce(1)); },
      [](auto& d) { d.set_expiry("2027-11-21T20:00:00Z"); },
  };
  for (const auto& forge : forgeries) {
    auto forged = gate;
    forge(*forged.mutable_decisions(0));
    BOOST_TEST(!is_open(forged));
  }
  auto other = gate;
  other.mutable_content()->append("x");
  BOOST_TEST(!is_open(other));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
