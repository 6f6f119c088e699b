// The rules of `draft`, told as given, when, then.
#include <boost/test/unit_test.hpp>

#include "actors/draft/draft.hpp"
#include "messages/json.hpp"
#include "runtime/kernel/lift.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {
namespace {

namespace draft_pb = nightshift::draft;

struct Fixture {
  std::unique_ptr<const kernel::Kind> kind = kernel::lift<actors::Draft>();
  Story story{*kind};

  static draft_pb::Write write(Channel channel, std::string body, std::string task = "t1") {
    draft_pb::Write command;
    command.set_channel(channel);
    command.set_body(std::move(body));
    command.set_task(std::move(task));
    command.set_assignment("a1");
    command.set_agent("email");
    command.set_written_by("template");
    command.add_to("ines@example.com");
    return command;
  }

  draft_pb::View view() const { return story.view<draft_pb::View>(); }

  /// What the last decision, or `which` of them, told somebody.
  host::Told told(std::size_t which = 0) const {
    std::vector<host::Told> all;
    for (const auto& event : story.events()) {
      if (const auto* found = dynamic_cast<const host::Told*>(event.get())) all.push_back(*found);
    }
    BOOST_TEST_REQUIRE(which < all.size());
    return all[which];
  }

  void offered() {
    story.world.caller = kernel::Caller::of_entity({"task", "t1"});
    story.when(draft_pb::Offer()).then_accepted();
    story.world.caller = person("alice");
  }

  void follow(const std::string& status, const std::string& detail = "") {
    draft_pb::Follow command;
    command.set_approval(view().approval());
    command.set_status(status);
    command.set_detail(detail);
    story.world.caller = kernel::Caller::of_entity({"approval", view().approval()});
    story.when(command).then_accepted();
    story.world.caller = person("alice");
  }

  void refused(const std::string& command, const std::string& code) {
    host::TellRefused event;
    event.set_kind(command == "Propose" ? "approval" : "task");
    event.set_id("there");
    event.set_command(command);
    event.set_code(code);
    event.set_detail("why not");
    story.given(event);
  }
};

approval::Propose proposal_in(const host::Told& told) {
  approval::Propose proposal;
  BOOST_TEST_REQUIRE(proposal.ParseFromString(told.body()));
  return proposal;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(draft, Fixture)

BOOST_AUTO_TEST_CASE(what_an_agent_wrote_waits_until_its_task_wants_it_proposed) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines,\n\nfine.")).then_accepted();
  BOOST_TEST(story.status() == "drafted");
  BOOST_TEST(told().kind() == "task");
  BOOST_TEST(told().id() == "t1");
  BOOST_TEST(told().command() == "TakeDraft");
  story.when(draft_pb::Propose()).then(ErrorCode::wrong_phase);
  offered();
  BOOST_TEST(story.status() == "proposed");
  BOOST_TEST(told().kind() == "approval");
  BOOST_TEST(told().id() == story.world.id);
  const auto proposal = proposal_in(told());
  BOOST_TEST(proposal.category() == approval::CATEGORY_EMAIL);
  BOOST_TEST(proposal.title() == "Dear Ines,");
  BOOST_TEST(proposal.to(0) == "ines@example.com");
  BOOST_TEST(proposal.file().empty());
  BOOST_TEST(!proposal.has_action());
}

BOOST_AUTO_TEST_CASE(a_draft_without_a_task_is_proposed_at_once) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines", "")).then_accepted();
  BOOST_TEST(story.status() == "proposed");
  BOOST_TEST(told().kind() == "approval");
}

BOOST_AUTO_TEST_CASE(a_cloud_node_only_drafts) {
  story.world.node.role = "cloud";
  story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
  offered();
  BOOST_TEST(story.status() == "drafted");
  story.when(draft_pb::Propose()).then(ErrorCode::no_executor);
  story.world.node.role = "local";
  story.when(draft_pb::Propose()).then_accepted();
  BOOST_TEST(story.status() == "proposed");
}

BOOST_AUTO_TEST_CASE(every_channel_has_its_category_and_a_social_network_is_in_the_account) {
  struct Case {
    Channel channel;
    approval::Category category;
    const char* account;
  };
  const Case cases[] = {
      {CHANNEL_EMAIL, approval::CATEGORY_EMAIL, "acme"},
      {CHANNEL_LINKEDIN, approval::CATEGORY_LINKEDIN, "acme"},
      {CHANNEL_WHATSAPP, approval::CATEGORY_WHATSAPP, "acme"},
      {CHANNEL_ODOO, approval::CATEGORY_ODOO, "acme"},
      {CHANNEL_FACEBOOK, approval::CATEGORY_SOCIAL, "facebook:acme"},
      {CHANNEL_INSTAGRAM, approval::CATEGORY_SOCIAL, "instagram:acme"},
      {CHANNEL_X, approval::CATEGORY_SOCIAL, "x:acme"},
  };
  for (const auto& [channel, category, account] : cases) {
    Fixture other;
    auto command = write(channel, "hello", "");
    command.set_account("acme");
    other.story.when(command).then_accepted();
    const auto proposal = proposal_in(other.told());
    BOOST_TEST(proposal.category() == category, Channel_Name(channel));
    BOOST_TEST(proposal.account() == account, Channel_Name(channel));
  }
}

BOOST_AUTO_TEST_CASE(a_text_is_as_long_as_its_channel_takes_in_characters_and_not_in_bytes) {
  const std::pair<Channel, std::size_t> limits[] = {
      {CHANNEL_X, 280},          {CHANNEL_LINKEDIN, 3'000},  {CHANNEL_INSTAGRAM, 2'200},
      {CHANNEL_WHATSAPP, 4'096}, {CHANNEL_FACEBOOK, 63'206},
  };
  for (const auto& [channel, limit] : limits) {
    std::string text;
    for (std::size_t n = 0; n < limit; ++n) text += "ü";
    Fixture fits;
    fits.story.when(write(channel, text)).then_accepted();
    Fixture over;
    over.story.when(write(channel, text + "ü")).then(ErrorCode::too_large, "body");
  }
  story.when(write(CHANNEL_EMAIL, std::string(100'000, 'x'))).then_accepted();
}

BOOST_AUTO_TEST_CASE(an_agent_with_a_webhook_has_its_drafts_sent_there_as_json) {
  auto command = write(CHANNEL_ODOO, "Invoice 17", "");
  command.set_agent("accounting");
  story.when(command).then_accepted();
  const auto action = proposal_in(told()).action();
  BOOST_TEST(action.webhook().target() == "crm");
  draft_pb::Content content;
  BOOST_TEST(from_json(action.webhook().payload(), content).has_value());
  BOOST_TEST(content.body() == "Invoice 17");
}

BOOST_AUTO_TEST_CASE(a_mail_goes_by_the_account_that_it_means_and_else_to_the_outbox) {
  const auto account_of = [](const std::string& account, std::vector<std::string> names) {
    Fixture other;
    for (const auto& name : names) {
      Canonical facts;
      facts.add("from", "Ada <" + name + "@example.org>");
      other.story.world.node.executors["nightshift.effect.SendMail"][name] = facts;
    }
    auto command = write(CHANNEL_EMAIL, "Dear Ines", "");
    command.set_account(account);
    other.story.when(command).then_accepted();
    const auto proposal = proposal_in(other.told());
    return proposal.has_action() ? proposal.action().mail().account() : "outbox";
  };
  BOOST_TEST(account_of("", {}) == "outbox");
  BOOST_TEST(account_of("", {"work"}) == "work");
  BOOST_TEST(account_of("work", {"home", "work"}) == "work");
  BOOST_TEST(account_of("work@example.org", {"home", "work"}) == "work");
  BOOST_TEST(account_of("", {"home", "work"}) == "outbox");
  BOOST_TEST(account_of("", {"default", "work"}) == "default");
  BOOST_TEST(account_of("other@example.org", {"work"}) == "outbox");
}

BOOST_AUTO_TEST_CASE(what_became_of_its_approval_is_told_to_the_task) {
  for (const std::string status : {"sent", "failed", "rejected", "withdrawn", "expired"}) {
    Fixture other;
    other.story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
    other.offered();
    other.follow(status, "said so");
    BOOST_TEST(other.story.status() == status);
    BOOST_TEST(other.told().command() == "Conclude");
    task::Conclude conclude;
    BOOST_TEST(conclude.ParseFromString(other.told().body()));
    BOOST_TEST(conclude.outcome() == status);
    BOOST_TEST(conclude.detail() == "said so");
  }
}

BOOST_AUTO_TEST_CASE(what_failed_may_still_be_sent) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
  offered();
  follow("failed");
  follow("sent");
  BOOST_TEST(story.status() == "sent");
}

BOOST_AUTO_TEST_CASE(only_its_own_approval_is_believed) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
  offered();
  draft_pb::Follow command;
  command.set_status("sent");
  story.world.caller = kernel::Caller::of_entity({"approval", "another"});
  story.when(command).then(ErrorCode::forbidden, "approval");
  command.set_status("approved");
  story.world.caller = kernel::Caller::of_entity({"approval", view().approval()});
  story.when(command).then(ErrorCode::invalid, "status");
}

BOOST_AUTO_TEST_CASE(a_task_that_does_not_want_it_discards_it) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
  refused("TakeDraft", "wrong_phase");
  BOOST_TEST(story.status() == "discarded");
  BOOST_TEST(view().detail() == "task/there: why not");
}

BOOST_AUTO_TEST_CASE(where_the_name_is_taken_it_is_proposed_under_the_next) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
  offered();
  refused("Propose", "wrong_phase");
  BOOST_TEST(story.status() == "drafted");
  const auto work = story.entity().pending();
  BOOST_TEST_REQUIRE(work.deadlines.size() == 1u);
  BOOST_TEST(work.deadlines.front().command == "Offer");
  story.world.caller = kernel::Caller::of_host();
  story.when(draft_pb::Offer()).then_accepted();
  BOOST_TEST(told().id() == story.world.id + "-2");
  BOOST_TEST(view().approval() == story.world.id + "-2");
}

BOOST_AUTO_TEST_CASE(where_the_name_is_taken_a_cloud_node_leaves_the_next_to_a_person) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
  offered();
  refused("Propose", "wrong_phase");
  story.world.node.role = "cloud";
  story.world.caller = kernel::Caller::of_host();
  story.when(draft_pb::Offer()).then_accepted();
  BOOST_TEST(story.status() == "drafted");
  BOOST_TEST(story.entity().pending().deadlines.empty());
}

BOOST_AUTO_TEST_CASE(what_the_approval_refuses_is_for_a_person_and_the_task_hears_of_it) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
  offered();
  refused("Propose", "invalid");
  BOOST_TEST(story.status() == "refused");
  story.world.caller = kernel::Caller::of_host();
  story.when(draft_pb::ReportRefusal()).then_accepted();
  task::Conclude conclude;
  BOOST_TEST(conclude.ParseFromString(told().body()));
  BOOST_TEST(conclude.outcome() == "refused");
  BOOST_TEST(conclude.detail() == "why not");
  BOOST_TEST(story.entity().pending().deadlines.empty());
  story.world.caller = person("alice");
  draft_pb::Edit edit;
  edit.add_to("ines@example.org");
  story.when(edit).then_accepted();
  story.when(draft_pb::Propose()).then_accepted();
  BOOST_TEST(proposal_in(told()).to(0) == "ines@example.org");
  BOOST_TEST(told().id() == story.world.id);
}

BOOST_AUTO_TEST_CASE(a_person_may_throw_it_away_and_an_agent_may_not) {
  story.when(write(CHANNEL_EMAIL, "Dear Ines")).then_accepted();
  draft_pb::Discard discard;
  discard.set_reason("nonsense");
  story.world.caller = agent("scribe", {SCOPE_OPERATE, SCOPE_PROPOSE});
  story.when(discard).then(ErrorCode::forbidden);
  draft_pb::Edit edit;
  edit.set_body("send money");
  story.when(edit).then(ErrorCode::forbidden);
  story.world.caller = person("alice");
  story.when(discard).then_accepted();
  BOOST_TEST(story.status() == "discarded");
  BOOST_TEST(told().command() == "Conclude");
}

BOOST_AUTO_TEST_CASE(what_breaks_a_bound_is_refused_by_name_of_the_field) {
  story.when(write(CHANNEL_UNSPECIFIED, "x")).then(ErrorCode::invalid, "channel");
  story.when(write(CHANNEL_EMAIL, "")).then(ErrorCode::invalid, "body");
  story.when(write(CHANNEL_EMAIL, " \n ")).then(ErrorCode::invalid, "body");
  auto odd = write(CHANNEL_EMAIL, "x");
  odd.set_subject("two\nlines");
  story.when(odd).then(ErrorCode::invalid, "subject");
  story.when(write(CHANNEL_EMAIL, "x", "no id")).then(ErrorCode::invalid, "task");
  auto many = write(CHANNEL_EMAIL, "x");
  for (int n = 0; n < 100; ++n) many.add_cc("ines@example.com");
  story.when(many).then(ErrorCode::too_large, "to");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
