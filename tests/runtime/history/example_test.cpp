// A history as a test: what is in it, and that it can fail.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "actors/all.hpp"
#include "messages/approval.pb.h"
#include "messages/principal.pb.h"
#include "messages/usage.pb.h"
#include "runtime/history/example_text.hpp"
#include "runtime/history/redaction.hpp"
#include "tests/runtime/history/scribe.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

namespace history = runtime::history;
namespace pb = nightshift::approval;
namespace usage_pb = nightshift::usage;

constexpr auto recorded = "tests/golden/histories";

/// `text` with the first `from` replaced; it must be there.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, from << " is not in " << text);
  return text.replace(at, from.size(), to);
}

struct Fixture : Scribe {
  Fixture() {
    pb::Propose propose;
    propose.set_title("Reply to Zebedee");
    propose.set_category(pb::CATEGORY_EMAIL);
    propose.set_body("Dear Zebedee,\n\nGrüße: the code is 4711.\n");
    propose.add_to("zebedee@example.org");
    world.caller = agent("clerk");
    must_ask("approval/offer-zebedee", propose);
    world.caller = person("alice");
    pb::Approve approve;
    approve.set_digest(view<pb::View>("approval/offer-zebedee").digest());
    approve.set_approver("alice");
    approve.set_nonce(nonce(1));
    approve.set_signature(world.sign("alice", approve.digest(), "approve", approve.nonce(), ""));
    must_ask("approval/offer-zebedee", approve);
    must_dispatch("approval/offer-zebedee");
    must_end("approval/offer-zebedee", EFFECT_STATE_COMMITTED);
  }

  history::Example example(const std::string& entity = "approval/offer-zebedee") const {
    auto made =
        history::record_example(*log(), *catalog(), actors::retraces(), *parse_entity(entity));
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().detail));
    return std::move(*made);
  }

  std::string text(const std::string& entity = "approval/offer-zebedee") const {
    return history::to_text(example(entity), "a comment");
  }

  /// What the program does otherwise than the text says.
  std::vector<std::string> check(const std::string& text) const {
    const auto read = history::example_from_text(text, *catalog());
    BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().detail));
    auto found = history::check_example(*read, *catalog());
    BOOST_TEST_REQUIRE(found.has_value());
    return std::move(*found);
  }

  void fails(const std::string& text, const std::string& part) const {
    const auto found = check(text);
    BOOST_REQUIRE_MESSAGE(!found.empty(), "passes, and should not: " << part);
    BOOST_TEST(found.front().contains(part), found.front());
  }

  std::string error(const std::string& text) const {
    const auto read = history::example_from_text(text, *catalog());
    BOOST_TEST_REQUIRE(!read.has_value());
    return read.error().detail;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(example, Fixture)

BOOST_AUTO_TEST_CASE(what_was_decided_is_decided_again_by_whoever_checks_it) {
  const auto made = example();
  BOOST_TEST_REQUIRE(made.steps.size() == 4u);
  BOOST_TEST((made.steps[0].command && made.steps[1].command));
  BOOST_TEST(made.steps[0].around.caller.agent);
  BOOST_TEST((!made.steps[2].command && !made.steps[3].command));
  BOOST_TEST(made.steps[3].state.front() == "is sent");
  BOOST_TEST(check(text()).empty());
}

BOOST_AUTO_TEST_CASE(who_could_approve_is_said_again_where_it_changed) {
  usage_pb::Reserve reserve;
  reserve.set_key("a");
  reserve.set_micro_usd(1);
  must_ask("usage/m", reserve);
  world.caller = person("admin", {SCOPE_ADMIN});
  must_ask("principal/bob", principal::Dismiss());
  reserve.set_key("b");
  must_ask("usage/m", reserve);
  const auto whole = text("usage/m");
  const auto read = history::example_from_text(whole, *catalog());
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->steps[0].authority.approvers_size() == 2);
  BOOST_TEST(read->steps[1].authority.approvers_size() == 1);
  BOOST_TEST(check(whole).empty());
}

BOOST_AUTO_TEST_CASE(another_event_another_state_and_another_command_are_noticed) {
  const auto whole = text();
  fails(with(whole, "then Approved {\"decision\":{\"approver\":\"alice\"",
             "then Approved {\"decision\":{\"approver\":\"alicia\""),
        "decision.approver is \"alice\", and not \"alicia\"");
  fails(with(whole, "is approved", "is pending"), "the state is \"is approved\"");
  fails(with(whole, "\"evidence\":\"what the receiver said\",\"effect_id\"",
             "\"evidence\":\"nothing\",\"effect_id\""),
        "step 4: the state");
  fails(with(whole, "when Approve {", "when Reject {\"reason\":\"no\"}\n# {"), "Rejected");
  fails(with(whole, "effect nightshift", "effect sunshift"), "the state");
  fails(with(whole, "\"title\":\"Reply to Zebedee\"", "\"title\":\"Reply to nobody\""), "Proposed");
}

BOOST_AUTO_TEST_CASE(a_step_can_be_added_by_hand_that_must_be_refused) {
  const auto more = text() + R"(
step 5
at 2026-11-21T08:00:00Z
by mallory
when Withdraw {"reason":"too late"}
refused wrong_phase
is sent
)" + example().steps[3].state[1] +
                    "\n";
  BOOST_TEST(check(more).empty());
  fails(with(more, "refused wrong_phase", "refused expired"), "and not by expired");
  fails(with(more, "refused wrong_phase\n", ""), "is refused (wrong_phase");
}

BOOST_AUTO_TEST_CASE(without_words_nothing_of_anybody_is_left_but_lengths) {
  const auto original = example();
  const auto made = history::redacted(original, *catalog());
  BOOST_TEST_REQUIRE(made.has_value());
  const auto blank = history::to_text(*made, "");
  auto lower = blank;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto* word : {"zebedee", "4711", "alice", "clerk", "laptop", "offer", "grü"}) {
    BOOST_TEST(!lower.contains(word), word << " is in " << blank);
  }
  BOOST_TEST(check(blank).empty());
  const auto& before = original.steps[0].events[0].second;
  const auto& after = made->steps[0].events[0].second;
  const auto& was = dynamic_cast<const pb::Proposed&>(*before).proposal();
  const auto& is = dynamic_cast<const pb::Proposed&>(*after).proposal();
  BOOST_TEST(is.body().size() == was.body().size());
  BOOST_TEST(is.to(0) == "xxxxxxx@xxxxxxx.xxx");
  BOOST_TEST(is.content().size() == was.content().size());
  BOOST_TEST(is.digest() != was.digest());
  // The content is decided anew; what alice signed was another.
  BOOST_TEST((made->steps[0].command && !made->steps[1].command));
}

BOOST_AUTO_TEST_CASE(names_that_differ_still_differ_without_their_words) {
  for (const auto* key : {"k1", "k2", "K1", "k3"}) {
    usage_pb::Reserve reserve;
    reserve.set_key(key);
    reserve.set_micro_usd(1);
    must_ask("usage/m", reserve);
  }
  const auto made = history::redacted(example("usage/m"), *catalog());
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(check(history::to_text(*made, "")).empty());
  BOOST_TEST(std::ranges::all_of(made->steps, [](const auto& step) { return !!step.command; }));
}

BOOST_AUTO_TEST_CASE(no_token_is_in_a_test_not_even_by_its_hash) {
  BOOST_TEST(!text().contains(to_base64url(std::string(32, 'c'))));
  BOOST_TEST(!text("principal/clerk").contains(to_base64url(std::string(32, 'c'))));
  BOOST_TEST(check(text("principal/clerk")).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_test_is_refused_with_its_line) {
  const auto whole = text();
  BOOST_TEST(error("").contains("no test of nightshift"));
  BOOST_TEST(error("nightshift.test.v2\n").contains("line 1"));
  BOOST_TEST(error(with(whole, "kind approval", "kind aproval")).contains("no kind aproval"));
  BOOST_TEST(error(with(whole, "when Propose", "when Suggest")).contains("no Suggest"));
  BOOST_TEST(error(with(whole, "then Proposed", "then Guessed")).contains("no Guessed"));
  BOOST_TEST(error(with(whole, "\"title\":", "\"titel\":")).contains("title"));
  BOOST_TEST(error(with(whole, "\nat ", "\nat noon ")).contains("no time"));
  BOOST_TEST(error(with(whole, "step 2", "step two")).contains("line "));
  BOOST_TEST(error(with(whole, "\nby ", "\nbye ")).contains("says nothing here"));
}

BOOST_AUTO_TEST_CASE(what_is_not_there_has_no_history) {
  const auto none =
      history::record_example(*log(), *catalog(), actors::retraces(), {"approval", "none"});
  BOOST_TEST((none.error().code == ErrorCode::not_found));
  const auto strange =
      history::record_example(*log(), *catalog(), actors::retraces(), {"aproval", "none"});
  BOOST_TEST((strange.error().code == ErrorCode::unknown_kind));
}

/// Histories of real runs, written by `nightshift export-test`; another one is a file beside them.
BOOST_AUTO_TEST_CASE(every_recorded_history_passes) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(recorded)) {
    if (file.path().extension() != ".test") continue;
    ++files;
    for (const auto& what : check(read_file(file.path()))) {
      BOOST_TEST(false, file.path().string() << ": " << what);
    }
  }
  BOOST_TEST(files >= 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
