// What an approval tells the draft that proposed it.
#include <boost/test/unit_test.hpp>

#include "messages/draft.pb.h"
#include "tests/actors/approval_fixture.hpp"

namespace nightshift::tests {
namespace {

/// Proposed by draft/d1, unless `by` is somebody else.
struct Fixture : ApprovalFixture {
  explicit Fixture(kernel::Caller by = kernel::Caller::of_entity({"draft", "d1"})) {
    auto command = mail();
    command.clear_file();
    as(by, command).then_accepted();
  }

  void sent() {
    as(person("alice"), approve("alice")).then_accepted();
    story.given(dispatched(), ended(EFFECT_STATE_COMMITTED));
  }

  /// The report that is due, as it is told; nothing where none is.
  std::optional<draft::Follow> report() {
    const auto work = story.entity().pending();
    if (work.deadlines.empty()) return std::nullopt;
    BOOST_TEST_REQUIRE(work.deadlines.front().command == "Report");
    as(kernel::Caller::of_host(), pb::Report()).then_accepted();
    const auto& told = dynamic_cast<const host::Told&>(*story.events().at(1));
    BOOST_TEST(told.kind() == "draft");
    BOOST_TEST(told.id() == "d1");
    draft::Follow follow;
    BOOST_TEST_REQUIRE(follow.ParseFromString(told.body()));
    BOOST_TEST(follow.approval() == "EMAIL_DRAFT_1");
    return follow;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(approval_report)

BOOST_FIXTURE_TEST_CASE(what_was_sent_is_told_once_with_its_evidence, Fixture) {
  BOOST_TEST(!report().has_value());
  sent();
  const auto follow = report();
  BOOST_TEST_REQUIRE(follow.has_value());
  BOOST_TEST(follow->status() == "sent");
  BOOST_TEST(follow->detail() == "Outbox/new/1");
  BOOST_TEST(!report().has_value());
}

BOOST_FIXTURE_TEST_CASE(a_rejection_is_told_with_who_and_why, Fixture) {
  as(person("bob"), reject("too blunt")).then_accepted();
  const auto follow = report();
  BOOST_TEST_REQUIRE(follow.has_value());
  BOOST_TEST(follow->status() == "rejected");
  BOOST_TEST(follow->detail() == "bob: too blunt");
}

BOOST_FIXTURE_TEST_CASE(a_failure_is_told_and_so_is_what_a_retry_comes_to, Fixture) {
  as(person("alice"), approve("alice")).then_accepted();
  story.given(dispatched(), ended(EFFECT_STATE_FAILED_BEFORE_EFFECT));
  BOOST_TEST(report()->status() == "failed");
  as(person("alice"), pb::Retry()).then_accepted();
  as(person("alice"), approve("alice", 2)).then_accepted();
  story.given(dispatched(), ended(EFFECT_STATE_COMMITTED));
  BOOST_TEST(report()->status() == "sent");
}

BOOST_AUTO_TEST_CASE(what_is_told_of_an_end_leaves_it_an_end) {
  const Fixture fixture;
  std::vector<std::string> ends;
  const auto& phases = fixture.kind.phases();
  for (std::size_t phase = 0; phase < phases.size(); ++phase) {
    if (fixture.kind.ends_in(phase)) ends.push_back(phases[phase].name);
  }
  const std::vector<std::string> expected{"Sent", "Rejected", "Withdrawn", "Expired"};
  BOOST_TEST(ends == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_is_told_of_what_no_draft_proposed) {
  Fixture of_a_person(person("alice"));
  of_a_person.sent();
  BOOST_TEST(!of_a_person.report().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
