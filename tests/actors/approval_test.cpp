// The life of an approval, told as given, when, then.
#include <boost/test/unit_test.hpp>

#include "messages/effects.pb.h"
#include "tests/actors/approval_fixture.hpp"

namespace nightshift::tests {

using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(approval, ApprovalFixture)

// ---- the way to the outbox

BOOST_AUTO_TEST_CASE(a_signed_mail_is_sent_once) {
  as(agent("scribe"), mail()).then_accepted();
  BOOST_TEST(view().requester() == "scribe");
  BOOST_TEST(view().revision() == 1u);
  BOOST_TEST(story.status() == "pending");
  BOOST_TEST(story.entity().pending().effects.empty());

  as(person("alice"), approve("alice")).then_accepted();
  BOOST_TEST(story.status() == "approved");
  BOOST_TEST(view().decided_by(0) == "alice");
  const auto wanted = effect();
  BOOST_TEST(wanted.id == view().effect_id());
  BOOST_TEST(wanted.type == "nightshift.effect.DeliverToOutbox");
  effect::DeliverToOutbox delivery;
  BOOST_TEST(delivery.ParseFromString(wanted.payload));
  BOOST_TEST(delivery.source() == "EMAIL_DRAFT_1");

  story.given(dispatched());
  BOOST_TEST(story.entity().phase() == "Sending");
  BOOST_TEST(effect().id == wanted.id);
  story.given(ended(EFFECT_STATE_COMMITTED));
  BOOST_TEST(story.status() == "sent");
  BOOST_TEST(view().evidence() == "Outbox/new/1");
  BOOST_TEST(story.entity().pending().effects.empty());
}

BOOST_AUTO_TEST_CASE(the_view_truncates_by_code_points_and_refuses_nothing) {
  auto command = mail();
  std::string title;
  for (int i = 0; i < 70; ++i) title += "é";
  command.set_title(title);
  command.set_body(title + title);
  as(person("alice"), command).then_accepted();
  BOOST_TEST(view().title().size() == 120u);
  BOOST_TEST(view().preview_text().size() == 200u);
}

// ---- who may decide

BOOST_AUTO_TEST_CASE(an_agent_never_approves_whatever_it_holds) {
  as(agent("scribe"), mail()).then_accepted();
  auto armed = agent("scribe", {SCOPE_APPROVE, SCOPE_ADMIN, SCOPE_OPERATE});
  as(armed, approve("alice")).then(ErrorCode::forbidden);
}

BOOST_AUTO_TEST_CASE(a_person_may_approve_what_the_same_person_proposed) {
  as(person("alice"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
}

BOOST_AUTO_TEST_CASE(the_second_decision_is_told_who_decided_and_when) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  story.world.now += 1h;
  as(person("bob"), approve("bob", 2)).then(ErrorCode::already_decided);
  BOOST_TEST(story.error().message() == "alice approved it at 2026-11-21T07:00:00Z");
  as(person("bob"), reject("no")).then(ErrorCode::already_decided);
  story.given(dispatched());
  as(person("bob"), reject("no")).then(ErrorCode::already_decided);
}

BOOST_AUTO_TEST_CASE(a_rejected_mail_is_never_sent) {
  as(agent("scribe"), mail()).then_accepted();
  const auto signed_before = approve("bob", 2);
  as(person("alice"), reject("too friendly")).then_accepted();
  BOOST_TEST(story.status() == "rejected");
  BOOST_TEST(view().reason() == "too friendly");
  as(person("bob"), signed_before).then(ErrorCode::already_decided);
  BOOST_TEST(story.error().message() == "alice rejected it at 2026-11-21T07:00:00Z");
  BOOST_TEST(story.entity().pending().effects.empty());
}

// ---- four eyes

BOOST_AUTO_TEST_CASE(four_eyes_take_two_distinct_people_who_did_not_write_it) {
  auto command = mail();
  command.set_four_eyes(true);
  as(person("alice"), command).then_accepted();
  as(person("alice"), approve("alice", 1)).then(ErrorCode::forbidden, "approver");
  as(person("bob"), approve("bob", 2)).then_accepted();
  BOOST_TEST(story.status() == "pending");
  BOOST_TEST(story.entity().pending().effects.empty());
  as(person("bob"), approve("bob", 3)).then(ErrorCode::already_decided, "approver");
  as(person("carol"), approve("carol", 4)).then_accepted();
  BOOST_TEST(story.status() == "approved");
  BOOST_TEST(effect().gate->approvers_needed() == 2u);
  BOOST_TEST(effect().gate->decisions_size() == 2);
}

BOOST_AUTO_TEST_CASE(with_four_eyes_who_edited_it_does_not_approve_it) {
  auto command = mail();
  command.set_four_eyes(true);
  as(agent("scribe"), command).then_accepted();
  as(person("bob"), edit_body("mine now")).then_accepted();
  as(person("bob"), approve("bob", 1)).then(ErrorCode::forbidden, "approver");
  as(person("alice"), approve("alice", 2)).then_accepted();
  as(person("carol"), approve("carol", 3)).then_accepted();
  BOOST_TEST(story.status() == "approved");
}

BOOST_AUTO_TEST_CASE(with_four_eyes_a_lapsed_first_approval_does_not_count) {
  auto command = mail();
  command.set_four_eyes(true);
  as(agent("scribe"), command).then_accepted();
  as(person("alice"), approve("alice", 1, "2026-11-21T08:00:00Z")).then_accepted();
  story.world.now += 2h;
  as(person("bob"), approve("bob", 2)).then_accepted();
  BOOST_TEST(story.status() == "pending");
  as(person("carol"), approve("carol", 3)).then_accepted();
  BOOST_TEST(story.status() == "approved");
  BOOST_TEST(effect().gate->decisions(0).approver() == "bob");
}

// ---- time

BOOST_AUTO_TEST_CASE(a_deadline_ends_what_nobody_decided) {
  auto command = mail();
  *command.mutable_deadline() = to_proto(story.world.now + 1h);
  as(agent("scribe"), command).then_accepted();
  const auto due = story.entity().pending().deadlines.at(0);
  BOOST_TEST(due.name == "deadline");
  BOOST_TEST(due.command == "Expire");
  BOOST_TEST((due.due == story.world.now + 1h));
  as(kernel::Caller::of_host(), pb::Expire()).then();

  story.world.now += 1h;
  as(person("alice"), approve("alice")).then(ErrorCode::expired, "deadline");
  as(kernel::Caller::of_host(), pb::Expire()).then_accepted();
  BOOST_TEST(story.status() == "expired");
  as(person("alice"), approve("alice", 2)).then(ErrorCode::expired);
}

BOOST_AUTO_TEST_CASE(an_approval_lapses_at_the_time_that_was_signed) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice", 1, "2026-11-21T08:00:00Z")).then_accepted();
  const auto due = story.entity().pending().deadlines.at(0);
  BOOST_TEST(due.name == "expiry");
  BOOST_TEST(due.command == "Lapse");
  as(kernel::Caller::of_host(), pb::Lapse()).then();

  story.world.now = due.due;
  as(kernel::Caller::of_host(), pb::Lapse()).then_accepted();
  BOOST_TEST(story.status() == "pending");
  BOOST_TEST(story.entity().pending().effects.empty());
  as(person("alice"), approve("alice", 1)).then(ErrorCode::invalid, "nonce");
  as(person("alice"), approve("alice", 2)).then_accepted();
}

// ---- changing one's mind

BOOST_AUTO_TEST_CASE(an_edit_voids_every_decision) {
  as(agent("scribe"), mail()).then_accepted();
  const auto before = view();
  as(person("alice"), approve("alice")).then_accepted();
  as(agent("scribe"), edit_body("Another offer.")).then_accepted();
  BOOST_TEST(story.status() == "pending");
  BOOST_TEST(view().revision() == 2u);
  BOOST_TEST(view().digest() != before.digest());
  BOOST_TEST(view().effect_id() != before.effect_id());
  BOOST_TEST(view().decided_by_size() == 0);
  BOOST_TEST(view().preview_text() == "Another offer.");
  BOOST_TEST(story.entity().pending().effects.empty());
}

BOOST_AUTO_TEST_CASE(an_edit_keeps_what_it_does_not_name) {
  as(agent("scribe"), mail()).then_accepted();
  pb::Edit edit;
  edit.set_subject("Your offer");
  edit.add_to("jim@example.org");
  as(agent("scribe"), edit).then_accepted();
  const auto preview = view().preview();
  BOOST_TEST(preview.contains("Subject:      Your offer\n"));
  BOOST_TEST(preview.contains("To:           jim@example.org\n"));
  BOOST_TEST(!preview.contains("john@example.org"));
  BOOST_TEST(preview.contains("the offer stands until Friday."));
}

BOOST_AUTO_TEST_CASE(an_edit_empties_what_it_clears_and_replaces_whole_lists) {
  auto content = mail();
  content.add_cc("cc@example.org");
  content.add_attachments()->set_name("old.txt");
  *content.mutable_deadline() = to_proto(story.world.now + std::chrono::hours(1));
  as(agent("scribe"), content).then_accepted();
  pb::Edit edit;
  edit.add_attachments()->set_name("new.txt");
  edit.set_four_eyes(true);
  edit.add_clear(pb::Edit::FIELD_CC);
  edit.add_clear(pb::Edit::FIELD_DEADLINE);
  as(agent("scribe"), edit).then_accepted();
  const auto preview = view().preview();
  BOOST_TEST(!preview.contains("Cc:"));
  BOOST_TEST(!preview.contains("old.txt"));
  BOOST_TEST(preview.contains("Attachment:   new.txt"));
  BOOST_TEST(preview.contains("Approvers:    2"));
  BOOST_TEST(!view().has_deadline());
  BOOST_TEST(story.entity().pending().deadlines.empty());
  pb::Edit less;
  less.add_clear(pb::Edit::FIELD_ATTACHMENTS);
  *less.mutable_deadline() = to_proto(story.world.now + std::chrono::hours(2));
  as(agent("scribe"), less).then_accepted();
  BOOST_TEST(!view().preview().contains("Attachment"));
  BOOST_TEST(story.entity().pending().deadlines.size() == 1u);
  BOOST_TEST(view().revision() == 3u);
}

BOOST_AUTO_TEST_CASE(an_agent_never_takes_four_eyes_away) {
  auto content = mail();
  content.set_four_eyes(true);
  as(agent("scribe"), content).then_accepted();
  pb::Edit edit;
  edit.set_four_eyes(false);
  as(agent("scribe"), edit).then(ErrorCode::forbidden, "four_eyes");
  as(person("dave", {SCOPE_OPERATE}), edit).then_accepted();
  BOOST_TEST(!view().four_eyes());
}

BOOST_AUTO_TEST_CASE(an_agent_changes_only_its_own) {
  as(agent("scribe"), mail()).then_accepted();
  as(agent("clerk"), edit_body("x")).then(ErrorCode::forbidden);
  as(agent("clerk", {SCOPE_OPERATE}), edit_body("x")).then(ErrorCode::forbidden);
  as(agent("clerk", {SCOPE_OPERATE}), withdraw("")).then(ErrorCode::forbidden);
  as(person("dave", {SCOPE_PROPOSE}), edit_body("x")).then(ErrorCode::forbidden);
  as(person("dave", {SCOPE_PROPOSE}), withdraw("")).then(ErrorCode::forbidden);
  as(person("dave", {SCOPE_OPERATE}), withdraw("not now")).then_accepted();
  BOOST_TEST(story.status() == "withdrawn");
}

BOOST_AUTO_TEST_CASE(an_agent_rejects_nothing_and_withdraws_its_own) {
  as(agent("scribe"), mail()).then_accepted();
  as(agent("clerk", {SCOPE_OPERATE}), reject("no")).then(ErrorCode::forbidden);
  as(agent("scribe", {SCOPE_OPERATE}), reject("no")).then(ErrorCode::forbidden);
  as(agent("scribe"), withdraw("a better one comes")).then_accepted();
}

BOOST_AUTO_TEST_CASE(an_agent_retries_only_its_own) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  story.given(dispatched(), ended(EFFECT_STATE_FAILED_BEFORE_EFFECT, true));
  as(agent("clerk", {SCOPE_OPERATE}), pb::Retry()).then(ErrorCode::forbidden);
  as(agent("scribe", {SCOPE_OPERATE}), pb::Retry()).then_accepted();
  BOOST_TEST(story.status() == "pending");
}

BOOST_AUTO_TEST_CASE(what_the_gate_did_not_let_through_has_failed_and_says_why) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  auto shut = ended(EFFECT_STATE_FAILED_BEFORE_EFFECT);
  shut.set_evidence("not sent: alice is no approver any more");
  story.given(shut);
  BOOST_TEST(story.status() == "failed");
  BOOST_TEST(view().evidence() == shut.evidence());
  as(agent("scribe"), pb::Retry()).then_accepted();
  BOOST_TEST(story.status() == "pending");
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_cannot_be_taken_back) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  story.given(dispatched());
  as(agent("scribe"), withdraw("")).then(ErrorCode::wrong_phase);
  as(agent("scribe"), edit_body("x")).then(ErrorCode::wrong_phase);
  as(kernel::Caller::of_host(), pb::Lapse()).then(ErrorCode::wrong_phase);
}

BOOST_AUTO_TEST_CASE(an_approved_mail_may_be_withdrawn_until_it_is_dispatched) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  as(agent("scribe"), withdraw("a better one comes")).then_accepted();
  BOOST_TEST(story.status() == "withdrawn");
  BOOST_TEST(story.entity().pending().effects.empty());
  story.given(dispatched());
  BOOST_TEST(story.status() == "withdrawn");
}

// ---- what became of it

BOOST_AUTO_TEST_CASE(the_host_tries_again_under_the_same_approval) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  const auto wanted = describe(story.entity().pending());
  story.given(dispatched(), ended(EFFECT_STATE_FAILED_BEFORE_EFFECT, false));
  BOOST_TEST(story.entity().phase() == "Approved");
  BOOST_TEST(describe(story.entity().pending()) == wanted);
}

BOOST_AUTO_TEST_CASE(after_the_last_attempt_a_retry_asks_anew) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  const auto before = view();
  story.given(dispatched(), ended(EFFECT_STATE_FAILED_BEFORE_EFFECT, true));
  BOOST_TEST(story.status() == "failed");
  as(person("dave"), pb::Retry()).then_accepted();
  BOOST_TEST(story.status() == "pending");
  BOOST_TEST(view().revision() == 2u);
  BOOST_TEST(view().digest() != before.digest());
  BOOST_TEST(view().effect_id() != before.effect_id());
  as(person("alice"), approve("alice", 1)).then(ErrorCode::invalid, "nonce");
}

BOOST_AUTO_TEST_CASE(an_unknown_outcome_waits_for_a_person) {
  as(agent("scribe"), mail()).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  story.given(dispatched(), ended(EFFECT_STATE_UNKNOWN_AFTER_DISPATCH));
  BOOST_TEST(story.status() == "unknown");
  BOOST_TEST(story.entity().pending().effects.empty());
  as(agent("scribe"), resolve(pb::Resolve::OUTCOME_COMMITTED)).then(ErrorCode::forbidden);
  as(person("dave"), resolve(pb::Resolve::OUTCOME_UNSPECIFIED)).then(ErrorCode::invalid, "outcome");
  as(person("dave"), pb::Retry()).then(ErrorCode::wrong_phase);
  as(person("dave"), resolve(pb::Resolve::OUTCOME_COMMITTED)).then_accepted();
  BOOST_TEST(story.status() == "sent");
  BOOST_TEST(view().evidence() == "asked the receiver");
}

BOOST_AUTO_TEST_CASE(an_end_of_another_effect_changes_nothing) {
  as(agent("scribe"), mail()).then_accepted();
  const auto old = ended(EFFECT_STATE_COMMITTED);
  as(agent("scribe"), edit_body("x")).then_accepted();
  as(person("alice"), approve("alice")).then_accepted();
  story.given(dispatched(), old);
  BOOST_TEST(story.entity().phase() == "Sending");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
