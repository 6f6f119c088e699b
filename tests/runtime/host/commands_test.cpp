// Commands through a node on real files: answers, refusals, repeats, reading, restart.
#include <atomic>
#include <boost/test/unit_test.hpp>

#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/counter.pb.h"
#include "tests/support/kinds/errand.pb.h"

namespace nightshift::tests {
namespace {

counter::Add add(std::int64_t by) {
  counter::Add command;
  command.set_by(by);
  return command;
}

ErrorCode code_of(const Result<runtime::Answer>& answer) {
  BOOST_REQUIRE(!answer);
  return answer.error().code;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(commands, NodeFixture)

BOOST_AUTO_TEST_CASE(a_command_is_answered_with_what_it_made_and_survives_a_restart) {
  start();
  const auto answer = call("counter/a", add(2));
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->created);
  BOOST_TEST(answer->sequence == 1u);
  BOOST_TEST(answer->position.offset == 1u);
  BOOST_TEST(answer->status == "counting");
  BOOST_TEST(answer->command_id.size() == 32u);
  BOOST_TEST(call("counter/a", add(3))->sequence == 2u);
  BOOST_TEST(!call("counter/a", add(1))->created);
  BOOST_TEST(view("counter/a") == R"({"value":6,"additions":3})");
  start();
  BOOST_TEST(view("counter/a") == R"({"value":6,"additions":3})");
  BOOST_TEST(call("counter/a", add(4))->sequence == 4u);
  BOOST_TEST(story("counter/a") == "Added Added Added Added");
}

BOOST_AUTO_TEST_CASE(each_refusal_has_its_code_and_changes_nothing) {
  start();
  auto nameless = command("counter/a", add(1));
  nameless.entity.id = "a b";
  BOOST_TEST((code_of(call(std::move(nameless))) == ErrorCode::invalid));
  auto kindless = command("counter/a", add(1));
  kindless.entity.kind = "tree";
  BOOST_TEST((code_of(call(std::move(kindless))) == ErrorCode::unknown_kind));
  auto foreign = command("counter/a", add(1));
  foreign.body = std::make_shared<counter::Added>();
  BOOST_TEST((code_of(call(std::move(foreign))) == ErrorCode::unknown_command));
  auto unreadable = command("counter/a", add(1));
  unreadable.key = "a\xff";
  BOOST_TEST((code_of(call(std::move(unreadable))) == ErrorCode::invalid));
  errand::Note garbled;
  garbled.set_text("a\xff");
  BOOST_TEST((code_of(call("errand/a", garbled)) == ErrorCode::invalid));
  auto weak = command("counter/a", add(1));
  weak.caller.scopes = {SCOPE_READ};
  BOOST_TEST((code_of(call(std::move(weak))) == ErrorCode::forbidden));
  BOOST_TEST((code_of(call("counter/a", counter::Reset())) == ErrorCode::not_found));
  BOOST_TEST(call("counter/a", add(1)).has_value());
  auto stale = command("counter/a", add(1));
  stale.if_match = 7;
  BOOST_TEST((code_of(call(std::move(stale))) == ErrorCode::stale));
  BOOST_TEST((code_of(call("counter/a", add(INT64_MAX))) == ErrorCode::invalid));
  BOOST_TEST(story("counter/a") == "Added");
  BOOST_TEST(view("counter/b") == "not_found");
}

BOOST_AUTO_TEST_CASE(a_repeated_key_gets_the_first_answer_again) {
  start();
  auto first = command("counter/a", add(5));
  first.key = "k1";
  const auto answer = call(first);
  BOOST_REQUIRE(answer);
  const auto same = [&] {
    const auto again = call(first);
    BOOST_REQUIRE(again);
    BOOST_TEST(again->sequence == answer->sequence);
    BOOST_TEST(again->created == answer->created);
    BOOST_TEST(again->command_id == answer->command_id);
    BOOST_TEST(again->position.offset == answer->position.offset);
    BOOST_TEST((again->updated_at == answer->updated_at));
    BOOST_TEST(again->view->SerializeAsString() == answer->view->SerializeAsString());
  };
  same();
  BOOST_TEST(call("counter/a", add(1)).has_value());
  same();
  start();
  same();
  auto other = command("counter/a", add(6));
  other.key = "k1";
  BOOST_TEST((code_of(call(other)) == ErrorCode::key_reused));
  auto somebody = first;
  somebody.caller.principal = "somebody";
  BOOST_TEST(call(somebody)->sequence == 3u);
  clock->advance(std::chrono::days(7) + std::chrono::seconds(1));
  BOOST_TEST((code_of(call(first)) == ErrorCode::key_expired));
  BOOST_TEST(story("counter/a") == "Added Added Added");
}

BOOST_AUTO_TEST_CASE(a_repeat_of_a_command_in_flight_waits_for_the_same_answer) {
  start();
  std::atomic<int> answered = 0;
  std::atomic<int> equal = 0;
  constexpr int repeats = 200;
  for (int i = 0; i < repeats; ++i) {
    auto same = command("counter/a", add(1));
    same.key = "once";
    node().submit(std::move(same), [&](Result<runtime::Answer> answer) {
      if (answer && answer->sequence == 1 && answer->created && answer->position.offset == 1) {
        ++equal;
      }
      ++answered;
    });
  }
  eventually([&] { return answered == repeats; }, "all repeats are answered");
  BOOST_TEST(equal == repeats);
  BOOST_TEST(story("counter/a") == "Added");
}

BOOST_AUTO_TEST_CASE(a_decision_that_changes_nothing_is_remembered_too) {
  start();
  BOOST_TEST(call("counter/a", add(1)).has_value());
  BOOST_TEST(call("counter/a", counter::Reset()).has_value());
  auto nothing = command("counter/a", counter::Reset());
  nothing.key = "again";
  const auto answer = call(nothing);
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->sequence == 2u);
  BOOST_TEST(answer->position.offset == 2u);
  BOOST_TEST(call("counter/a", add(1)).has_value());
  BOOST_TEST(call(nothing)->sequence == 2u);
  BOOST_TEST(story("counter/a") == "Added WasReset Added");
}

BOOST_AUTO_TEST_CASE(lists_come_in_pages_and_by_status) {
  start();
  for (const auto* id : {"a", "b", "c", "d", "e"}) {
    BOOST_TEST(call(std::string("counter/") + id, add(1)).has_value());
  }
  runtime::ListQuery query;
  query.kind = "counter";
  query.limit = 2;
  for (const bool filtered : {false, true}) {
    if (filtered) query.where = {{"status", "counting"}};
    query.after.clear();
    std::string ids;
    do {
      const auto page = node().list(query);
      BOOST_REQUIRE(page);
      for (const auto& item : page->items) ids += item.entity.id;
      ids += '|';
      query.after = page->next;
    } while (!query.after.empty());
    BOOST_TEST(ids == "ab|cd|e|");
  }
  query.where = {{"status", "gone"}};
  BOOST_TEST(node().list(query)->items.empty());
  query.where = {{"value", "1"}};
  BOOST_TEST((node().list(query).error().code == ErrorCode::invalid));
}

BOOST_AUTO_TEST_CASE(watchers_hear_of_what_became_durable_until_they_go) {
  start();
  std::atomic<std::uint64_t> newest = 0;
  auto watch = node().watch([&](std::uint64_t offset) { newest = offset; });
  BOOST_TEST(call("counter/a", add(1)).has_value());
  eventually([&] { return newest == 1; }, "the watcher hears of offset 1");
  watch.reset();
  BOOST_TEST(call("counter/a", add(1)).has_value());
  BOOST_TEST(newest == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
