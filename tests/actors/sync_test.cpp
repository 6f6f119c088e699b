// The rules of `sync`: how a vault and its repository stand to each other, and what waits.
#include <boost/test/unit_test.hpp>

#include "actors/sync/sync.hpp"
#include "runtime/kernel/lift.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {
namespace {

namespace pb = nightshift::sync;
using namespace std::chrono_literals;

struct Fixture {
  std::unique_ptr<const kernel::Kind> kind = kernel::lift<actors::Sync>();
  Story story{*kind};

  static pb::Define definition() {
    pb::Define command;
    command.mutable_config()->set_remote("git@example.org:ada/vault.git");
    command.mutable_config()->set_branch("main");
    command.mutable_config()->set_side("local");
    return command;
  }
  Story& by_host(const google::protobuf::Message& command) {
    const auto caller = story.world.caller;
    story.world.caller = kernel::Caller::of_host();
    story.when(command).then_accepted();
    story.world.caller = caller;
    return story;
  }
  void defined() { by_host(definition()); }

  static pb::Round reached(std::uint64_t ahead = 0, std::uint64_t behind = 0) {
    pb::Round round;
    round.set_head(std::string(40, 'a'));
    round.set_remote_head(std::string(40, ahead + behind > 0 ? 'b' : 'a'));
    round.set_ahead(ahead);
    round.set_behind(behind);
    round.set_reached(true);
    return round;
  }
  static pb::Round stopped(const std::string& name, bool absent, bool waits) {
    pb::Round round;
    round.mutable_trouble()->set_name(name);
    round.mutable_trouble()->set_words("what is so, and what to do");
    round.mutable_trouble()->set_absent(absent);
    round.mutable_trouble()->set_waits(waits);
    return round;
  }
  static pb::Round away() { return stopped("unreachable", true, false); }
  void ran(const pb::Round& round, std::uint64_t request = 0) {
    pb::ReportRound command;
    *command.mutable_round() = round;
    command.set_request(request);
    by_host(command);
  }

  static pb::ReportConflict conflict(const std::string& path, const std::string& key = "k") {
    pb::ReportConflict command;
    command.set_key(key);
    command.set_path(path);
    command.set_loser(pb::SIDE_THEIRS);
    command.set_reason("both sides changed the same lines");
    command.set_bytes("what the other side had");
    return command;
  }
  pb::View view() { return story.view<pb::View>(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sync_kind, Fixture)

BOOST_AUTO_TEST_CASE(it_stands_as_its_last_round_has_found_it) {
  defined();
  BOOST_TEST(story.status() == "starting");
  for (const auto& [ahead, behind, status] : {std::tuple{0U, 0U, "synced"},
                                              {2U, 0U, "ahead"},
                                              {0U, 3U, "behind"},
                                              {2U, 3U, "diverged"}}) {
    ran(reached(ahead, behind));
    BOOST_TEST(story.status() == status);
    BOOST_TEST(view().ahead() == ahead);
    BOOST_TEST(view().behind() == behind);
  }
  BOOST_TEST(view().commit_hash_local() == std::string(40, 'a'));
  BOOST_TEST(view().commit_hash_cloud() == std::string(40, 'b'));
}

BOOST_AUTO_TEST_CASE(three_failures_in_a_row_are_off_line_and_one_success_ends_that) {
  defined();
  ran(reached());
  ran(away());
  ran(away());
  BOOST_TEST(story.status() == "synced");
  BOOST_TEST(view().trouble() == "unreachable");
  ran(away());
  BOOST_TEST(story.status() == "offline");
  ran(reached());
  BOOST_TEST(story.status() == "synced");
  BOOST_TEST(view().trouble() == "");
  ran(away());
  ran(away());
  BOOST_TEST(story.status() == "synced");
}

BOOST_AUTO_TEST_CASE(five_minutes_without_the_remote_are_off_line_as_well) {
  defined();
  ran(reached());
  story.world.now += 4min;
  ran(away());
  BOOST_TEST(story.status() == "synced");
  by_host(pb::Miss());
  BOOST_TEST(story.status() == "synced");
  story.world.now += 1min;
  by_host(pb::Miss());
  BOOST_TEST(story.status() == "offline");
}

BOOST_AUTO_TEST_CASE(a_first_failure_long_after_the_last_success_is_off_line_at_once) {
  defined();
  ran(reached());
  story.world.now += 5min;
  ran(away());
  const auto work = story.entity().pending();
  BOOST_REQUIRE(work.deadlines.size() == 1U);
  BOOST_TEST((work.deadlines[0].due <= story.world.now));
  by_host(pb::Miss());
  BOOST_TEST(story.status() == "offline");
}

BOOST_AUTO_TEST_CASE(what_stands_in_a_persons_hands_waits_and_what_passes_does_not) {
  defined();
  ran(reached());
  ran(stopped("locked", false, false));
  BOOST_TEST(story.status() == "synced");
  ran(stopped("operation_under_way", false, true));
  BOOST_TEST(story.status() == "conflict");
  BOOST_TEST(view().message() == "what is so, and what to do");
  ran(reached());
  BOOST_TEST(story.status() == "synced");
}

BOOST_AUTO_TEST_CASE(a_round_that_finds_nothing_new_is_not_written_down_but_every_five_minutes) {
  defined();
  auto first = reached();
  first.set_pushed(true);
  ran(first);
  pb::ReportRound again;
  *again.mutable_round() = reached();
  by_host(again).then();
  story.world.now += 5min;
  by_host(again);
  BOOST_TEST((from_proto(view().reached_at()) == story.world.now));
  BOOST_TEST((from_proto(view().last_push_timestamp()) < story.world.now));
}

BOOST_AUTO_TEST_CASE(a_person_who_asks_is_answered_even_if_nothing_is_new) {
  defined();
  ran(reached());
  pb::Now now;
  now.set_take_rewound(true);
  story.when(now).then_accepted();
  BOOST_TEST(view().asked() == 1U);
  BOOST_TEST(view().take_rewound());
  ran(reached(), 1);
  BOOST_TEST(view().answered() == 1U);
  BOOST_TEST(!view().take_rewound());
}

BOOST_AUTO_TEST_CASE(what_a_merge_leaves_out_waits_until_somebody_resolves_it) {
  defined();
  ran(reached());
  by_host(conflict("Plans/week.md"));
  BOOST_TEST(story.status() == "conflict");
  BOOST_TEST(view().pending_conflicts(0) == "Plans/week.md");
  // After a kill it is told once more.
  by_host(conflict("Plans/week.md")).then();
  pb::Resolve resolve;
  resolve.set_conflict("7");
  story.when(resolve).then(ErrorCode::not_found, "conflict");
  resolve.set_conflict("Plans/week.md");
  story.when(resolve).then_accepted();
  BOOST_TEST(story.status() == "synced");
  BOOST_TEST(view().losses(0).size() == 23U);
}

BOOST_AUTO_TEST_CASE(what_a_rule_decides_waits_for_nobody_and_can_be_restored) {
  defined();
  ran(reached());
  by_host(conflict("Dashboard.md"));
  BOOST_TEST(story.status() == "synced");
  pb::Restore restore;
  restore.set_conflict("1");
  story.when(restore).then_accepted();
  BOOST_TEST(view().losses(0).wanted());
  pb::ReportRestored report;
  report.set_conflict("1");
  report.set_restored_as("Dashboard.conflict-0a1b2c3d.md");
  by_host(report);
  BOOST_TEST(!view().losses(0).wanted());
  BOOST_TEST(view().losses(0).restored_as() == "Dashboard.conflict-0a1b2c3d.md");
}

BOOST_AUTO_TEST_CASE(words_that_lie_beside_their_file_need_no_restoring_and_are_solved_by_hand) {
  defined();
  ran(reached());
  auto both = conflict("photo.png");
  both.clear_bytes();
  both.set_kept_as("photo.conflict-0a1b2c3d.png");
  by_host(both);
  pb::Restore restore;
  restore.set_conflict("1");
  story.when(restore).then(ErrorCode::wrong_phase, "conflict");
  pb::ReportSolved solved;
  solved.set_conflict("1");
  by_host(solved);
  BOOST_TEST(story.status() == "synced");
}

BOOST_AUTO_TEST_CASE(more_conflicts_than_can_be_listed_are_counted_and_resolved_together) {
  defined();
  ran(reached());
  for (int i = 0; i < 103; ++i) by_host(conflict("Plans/week.md", "k" + std::to_string(i)));
  BOOST_TEST(view().losses_size() == 100);
  BOOST_TEST(view().more_waiting() == 3U);
  pb::Resolve resolve;
  resolve.set_conflict("Plans/week.md");
  story.when(resolve).then_accepted();
  BOOST_TEST(story.status() == "conflict");
  resolve.set_conflict("all");
  story.when(resolve).then_accepted();
  BOOST_TEST(story.status() == "synced");
  BOOST_TEST(view().more_waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(the_vault_is_made_a_repository_when_an_administrator_asks) {
  defined();
  story.world.caller.scopes = {SCOPE_ADMIN};
  story.when(pb::Init()).then_accepted();
  BOOST_TEST(view().init_wanted());
  pb::ReportInit report;
  report.add_done("made a repository");
  by_host(report);
  BOOST_TEST(!view().init_wanted());
  BOOST_TEST(view().init_done(0) == "made a repository");
}

BOOST_AUTO_TEST_CASE(a_vault_that_is_not_synchronised_any_more_takes_no_requests) {
  defined();
  by_host(pb::End());
  BOOST_TEST(story.status() == "off");
  BOOST_TEST(view().sync_status() == "off");
  story.when(pb::Now()).then(ErrorCode::wrong_phase);
  defined();
  BOOST_TEST(story.status() == "starting");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
