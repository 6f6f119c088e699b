// The rules of `task`, told as given, when, then.
#include <boost/test/unit_test.hpp>

#include "tests/actors/task_fixture.hpp"

namespace nightshift::tests {
namespace {

template <class Command>
Command because(std::string reason) {
  Command command;
  command.set_reason(std::move(reason));
  return command;
}

task_pb::Assign to(std::string agent, Channel channel = CHANNEL_UNSPECIFIED) {
  task_pb::Assign command;
  command.set_agent(std::move(agent));
  command.set_channel(channel);
  return command;
}

task_pb::Edit saying(std::string title) {
  task_pb::Edit command;
  command.set_title(std::move(title));
  return command;
}

const host::Told* told(const kernel::AnyEvents& events) {
  for (const auto& event : events) {
    if (const auto* found = dynamic_cast<const host::Told*>(event.get())) return found;
  }
  return nullptr;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(task, TaskFixture)

BOOST_AUTO_TEST_CASE(what_arrives_with_a_keyword_is_claimed_in_the_same_decision) {
  auto command = arrive("Reply to Ines", "She asks for order 4471.");
  command.set_from("ines@example.com");
  command.set_priority(PRIORITY_URGENT);
  story.when(command).then_accepted();
  BOOST_TEST(story.status() == "drafting");
  BOOST_TEST(view().agent() == "email");
  BOOST_TEST(view().claimed_by() == "local");
  BOOST_TEST(view().why() == "keyword reply");
  BOOST_TEST(view().priority() == PRIORITY_URGENT);
  const auto effect = asked();
  BOOST_TEST(effect.effect_id() == view().assignment());
  BOOST_TEST(effect.agent() == "email");
  BOOST_TEST(effect.channel() == CHANNEL_EMAIL);
  BOOST_TEST(effect.content().from() == "ines@example.com");
  BOOST_TEST(effect.draft() == view().draft());
}

BOOST_AUTO_TEST_CASE(a_cloud_node_claims_for_the_cloud) {
  story.world.node.role = "cloud";
  story.when(arrive("Reply to Ines")).then_accepted();
  BOOST_TEST(view().claimed_by() == "cloud");
}

BOOST_AUTO_TEST_CASE(what_no_agent_fits_waits_for_a_person_who_may_choose_one) {
  story.when(arrive("Water the plants")).then_accepted();
  BOOST_TEST(story.status() == "waiting");
  BOOST_TEST(view().why() == "it holds no keyword of an agent");
  BOOST_TEST(story.entity().pending().effects.empty());
  story.when(to("gardener")).then(ErrorCode::invalid, "agent");
  story.when(to("social", CHANNEL_X)).then_accepted();
  BOOST_TEST(story.status() == "drafting");
  BOOST_TEST(asked().channel() == CHANNEL_X);
}

BOOST_AUTO_TEST_CASE(a_node_without_agents_leaves_everything_to_a_person) {
  story.world.node.executors.erase(effect::ComposeDraft::descriptor()->full_name());
  story.when(arrive("Reply to Ines")).then_accepted();
  BOOST_TEST(story.status() == "waiting");
  BOOST_TEST(view().why() == "no agent runs on the node laptop");
}

BOOST_AUTO_TEST_CASE(an_agent_neither_gives_nor_ends_a_task) {
  story.when(arrive("Water the plants")).then_accepted();
  story.world.caller = agent("scribe", {SCOPE_OPERATE, SCOPE_PROPOSE});
  story.when(to("email")).then(ErrorCode::forbidden);
  story.when(because<task_pb::Close>("done")).then(ErrorCode::forbidden);
  story.when(because<task_pb::Drop>("spam")).then(ErrorCode::forbidden);
  story.when(saying("Reply to everybody")).then(ErrorCode::forbidden);
}

BOOST_AUTO_TEST_CASE(an_agents_task_names_no_file) {
  story.world.caller = agent("scribe", {SCOPE_PROPOSE});
  auto command = arrive("Reply to Ines");
  command.set_file("Needs_Action/x.md");
  story.when(command).then(ErrorCode::forbidden, "file");
}

BOOST_AUTO_TEST_CASE(the_draft_of_the_assignment_is_taken_and_told_to_be_proposed) {
  story.when(arrive("Reply to Ines")).then_accepted();
  hand_in("EMAIL_REPLY_x");
  BOOST_TEST(story.status() == "drafted");
  BOOST_TEST(view().draft() == "EMAIL_REPLY_x");
  const auto* offer = told(story.events());
  BOOST_TEST_REQUIRE(offer);
  BOOST_TEST(offer->kind() == "draft");
  BOOST_TEST(offer->id() == "EMAIL_REPLY_x");
  BOOST_TEST(offer->command() == "Offer");
  BOOST_TEST(story.entity().pending().effects.empty());
}

BOOST_AUTO_TEST_CASE(a_draft_of_an_earlier_assignment_is_refused) {
  story.when(arrive("Reply to Ines")).then_accepted();
  task_pb::TakeDraft late;
  late.set_assignment(view().assignment());
  late.set_draft("late");
  story.world.refresh();
  story.when(to("social")).then_accepted();
  BOOST_TEST(view().assignment() != late.assignment());
  story.world.caller = kernel::Caller::of_entity({"draft", "late"});
  story.when(late).then(ErrorCode::wrong_phase, "assignment");
}

BOOST_AUTO_TEST_CASE(only_the_draft_itself_says_that_it_is_there_and_what_became_of_it) {
  story.when(arrive("Reply to Ines")).then_accepted();
  task_pb::TakeDraft take;
  take.set_assignment(view().assignment());
  take.set_draft("theirs");
  story.world.caller = kernel::Caller::of_entity({"draft", "mine"});
  story.when(take).then(ErrorCode::forbidden, "draft");
  hand_in("theirs");
  task_pb::Conclude sent;
  sent.set_draft("theirs");
  sent.set_outcome("sent");
  story.world.caller = kernel::Caller::of_entity({"draft", "mine"});
  story.when(sent).then(ErrorCode::forbidden, "draft");
}

BOOST_AUTO_TEST_CASE(a_task_that_a_person_ended_takes_no_draft) {
  story.when(arrive("Reply to Ines")).then_accepted();
  const auto assignment = view().assignment();
  story.when(because<task_pb::Close>("I called her")).then_accepted();
  BOOST_TEST(story.status() == "done");
  BOOST_TEST(view().ended_by() == "alice");
  BOOST_TEST(view().detail() == "I called her");
  BOOST_TEST(story.entity().pending().effects.empty());
  task_pb::TakeDraft late;
  late.set_assignment(assignment);
  late.set_draft("late");
  story.world.caller = kernel::Caller::of_entity({"draft", "late"});
  story.when(late).then(ErrorCode::wrong_phase);
}

BOOST_AUTO_TEST_CASE(a_task_ends_where_its_draft_ends) {
  const std::pair<const char*, const char*> ends[] = {
      {"sent", "done"},       {"rejected", "dropped"},  {"withdrawn", "dropped"},
      {"expired", "dropped"}, {"discarded", "dropped"}, {"failed", "stuck"},
      {"refused", "stuck"},
  };
  for (const auto& [outcome, status] : ends) {
    TaskFixture other;
    other.story.when(arrive("Reply to Ines")).then_accepted();
    other.hand_in("d");
    other.conclude("d", outcome, "why");
    BOOST_TEST(other.story.status() == status, outcome);
    BOOST_TEST(other.view().detail().contains("why"), outcome);
  }
}

BOOST_AUTO_TEST_CASE(what_failed_and_is_sent_after_all_is_done) {
  story.when(arrive("Reply to Ines")).then_accepted();
  hand_in("d");
  conclude("d", "failed", "no route to host");
  BOOST_TEST(story.status() == "stuck");
  conclude("d", "sent");
  BOOST_TEST(story.status() == "done");
}

BOOST_AUTO_TEST_CASE(an_agent_that_fails_for_good_leaves_it_to_a_person_who_lets_it_try_again) {
  story.when(arrive("Reply to Ines")).then_accepted();
  const auto first = asked();
  end(EFFECT_STATE_FAILED_BEFORE_EFFECT, "it printed nothing");
  BOOST_TEST(story.status() == "stuck");
  BOOST_TEST(view().detail() == "email: it printed nothing");
  story.world.refresh();
  story.when(task_pb::Retry()).then_accepted();
  BOOST_TEST(story.status() == "drafting");
  BOOST_TEST(asked().effect_id() != first.effect_id());
  BOOST_TEST(asked().draft() != first.draft());
}

BOOST_AUTO_TEST_CASE(a_draft_that_was_there_although_nobody_knew_is_taken) {
  story.when(arrive("Reply to Ines")).then_accepted();
  end(EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, "the node stopped");
  BOOST_TEST(story.status() == "stuck");
  hand_in("d");
  BOOST_TEST(story.status() == "drafted");
}

BOOST_AUTO_TEST_CASE(an_edit_begins_again_with_the_agent_that_it_is_for_now) {
  story.when(arrive("Reply to Ines")).then_accepted();
  const auto before = asked();
  story.world.refresh();
  story.when(saying("Send the invoice")).then_accepted();
  BOOST_TEST(asked().agent() == "accounting");
  BOOST_TEST(asked().effect_id() != before.effect_id());
  story.when(saying("Send the invoice")).then();
  story.when(saying("Water the plants")).then_accepted();
  BOOST_TEST(story.status() == "waiting");
  BOOST_TEST(view().draft().empty());
}

BOOST_AUTO_TEST_CASE(what_has_a_draft_is_neither_edited_nor_closed) {
  story.when(arrive("Reply to Ines")).then_accepted();
  hand_in("d");
  story.when(saying("Reply to Bob")).then(ErrorCode::wrong_phase);
  story.when(because<task_pb::Close>("")).then(ErrorCode::wrong_phase);
}

BOOST_AUTO_TEST_CASE(what_says_nothing_or_breaks_a_bound_is_refused_by_name_of_the_field) {
  story.when(task_pb::Arrive()).then(ErrorCode::invalid, "text");
  story.when(arrive("two\nlines")).then(ErrorCode::invalid, "title");
  auto odd = arrive("x");
  odd.set_channel(static_cast<Channel>(77));
  story.when(odd).then(ErrorCode::invalid, "channel");
  auto many = arrive("x");
  for (int n = 0; n < 65; ++n) many.add_notes()->set_key("k");
  story.when(many).then(ErrorCode::too_large, "notes");
  story.when(arrive("", "\n\n# Reply to Ines\nsoon")).then_accepted();
  BOOST_TEST(view().title() == "Reply to Ines");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
