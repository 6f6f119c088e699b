// What entities tell each other: decided once, in order, refused with a reason; and what waits.
#include <atomic>
#include <boost/test/unit_test.hpp>

#include "messages/host.pb.h"
#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/purse.hpp"

namespace nightshift::tests {
namespace {

struct Paying : NodeFixture {
  void fill(const std::string& purse, std::int64_t amount = 0) {
    purse::Fill command;
    command.set_amount(amount);
    BOOST_REQUIRE(call(purse, command));
  }
  void pay(const std::string& from, const std::string& to, std::int64_t amount,
           std::uint32_t times = 1) {
    purse::Pay command;
    command.set_to(to);
    command.set_amount(amount);
    command.set_times(times);
    BOOST_REQUIRE(call(from, command));
  }
  purse::View purse(const std::string& name) {
    const auto answer = node().get(*parse_entity(name));
    BOOST_REQUIRE(answer);
    return static_cast<const purse::View&>(*answer->view);
  }
  /// Again until it is accepted; 1, for who counts.
  std::uint64_t pay_though_killed(const std::string& from, const std::string& to,
                                  std::int64_t amount, std::uint32_t times) {
    purse::Pay pay;
    pay.set_to(to);
    pay.set_amount(amount);
    pay.set_times(times);
    auto command = this->command(from, pay);
    command.key = "pay" + std::to_string(++keys_);
    await([&] { return call(command).has_value(); }, "it is accepted");
    return 1;
  }
  void await_balance(const std::string& name, std::int64_t wanted) {
    await([&] { return purse(name).balance() == wanted; }, name + " has " + std::to_string(wanted));
  }
  void await_refused(const std::string& name, std::uint64_t wanted) {
    await([&] { return purse(name).refused() == wanted; }, name + " hears the refusals");
  }
  /// Time passes: what was turned away is tried again.
  void await(const std::function<bool()>& condition, std::string_view what) {
    eventually(
        [&] {
          clock->advance(std::chrono::milliseconds(100));
          return condition();
        },
        what);
  }
  /// No row of a Tell is left.
  void await_settled() {
    stop();
    start();
    await([&] { return open_tells() == 0; }, "nothing is on its way");
  }
  std::size_t open_tells() const {
    using storage::WorkKind;
    std::size_t count = 0;
    (void)rows()->scan_work(WorkKind::tell, {WorkKind::tell, {}, {}, {}},
                            [&](const auto&) { return ++count > 0; });
    return count;
  }
  std::vector<runtime::EventView> events(const std::string& name) {
    auto found = node().events(*parse_entity(name), 0, SIZE_MAX);
    BOOST_REQUIRE(found);
    return std::move(*found);
  }
  std::string refusal(const std::string& name) {
    std::string sentence;
    for (const auto& event : events(name)) {
      if (event.record.type() == "host.TellRefused") sentence = event.sentence;
    }
    return sentence;
  }

 private:
  int keys_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tells, Paying)

BOOST_AUTO_TEST_CASE(what_is_told_is_decided_once_and_in_its_order) {
  start();
  fill("purse/a", 1000);
  fill("purse/b");
  pay("purse/a", "b", 1, 300);
  pay("purse/a", "b", 2, 300);
  await_balance("purse/b", 900);
  BOOST_TEST(purse("purse/a").balance() == 100);
  BOOST_TEST(purse("purse/b").disorder() == 0u);
  await([&] { return open_tells() == 0; }, "all is settled");
  BOOST_TEST(node().stats().tells_accepted == 600u);
  BOOST_TEST(node().stats().tells_waiting == 0u);
}

BOOST_AUTO_TEST_CASE(the_target_knows_who_told_it_and_what_began_the_chain) {
  start();
  fill("purse/a");
  fill("purse/b");
  pay("purse/a", "b", 1);
  await_balance("purse/b", 1);
  const auto told = events("purse/a").back();
  const auto received = events("purse/b").back();
  BOOST_TEST(told.record.type() == "host.Told");
  BOOST_TEST(told.sentence == "told purse/b: Receive");
  BOOST_TEST(received.record.principal() == "purse/a");
  BOOST_TEST(received.record.cause() == "tell:purse/a:purse/b:1");
  BOOST_TEST(received.record.correlation() == told.record.correlation());
}

BOOST_AUTO_TEST_CASE(a_refusal_comes_back_with_its_reason_and_changes_nothing_at_the_target) {
  start();
  fill("purse/a", 5000);
  fill("purse/b");
  pay("purse/a", "b", 1000);
  await_refused("purse/a", 1);
  BOOST_TEST(refusal("purse/a") ==
             "was refused by purse/b what it told: Receive, too_large: too much at once");
  pay("purse/a", "nobody", 1);
  await_refused("purse/a", 2);
  BOOST_TEST(refusal("purse/a").find("not_found") != std::string::npos);
  pay("purse/a", "not an id", 1);
  await_refused("purse/a", 3);
  BOOST_TEST(refusal("purse/a").find("invalid") != std::string::npos);
  BOOST_REQUIRE(call("purse/b", purse::Close()));
  pay("purse/a", "b", 1);
  await_refused("purse/a", 4);
  BOOST_TEST(refusal("purse/a").find("wrong_phase") != std::string::npos);
  BOOST_TEST(purse("purse/a").balance() == 5000);
  BOOST_TEST(purse("purse/b").balance() == 0);
  BOOST_TEST(status("purse/nobody") == "not_found");
  BOOST_TEST(node().stats().tells_refused == 4u);
}

BOOST_AUTO_TEST_CASE(a_refusal_comes_back_to_a_phase_that_tells_no_more) {
  start();
  fill("purse/a", 10);
  pay("purse/a", "nobody", 10);
  BOOST_REQUIRE(call("purse/a", purse::Close()));
  await_refused("purse/a", 1);
  BOOST_TEST(purse("purse/a").balance() == 10);
}

BOOST_AUTO_TEST_CASE(refused_and_accepted_ones_keep_their_order) {
  start();
  fill("purse/a");
  fill("purse/b");
  for (int i = 0; i < 40; ++i) pay("purse/a", "b", i % 3 == 0 ? 1000 : 1);
  await_balance("purse/b", 26);
  await_refused("purse/a", 14);
  BOOST_TEST(purse("purse/b").disorder() == 0u);
  BOOST_TEST(purse("purse/a").balance() == -26);
}

BOOST_AUTO_TEST_CASE(a_target_that_turns_some_away_hears_all_in_their_order) {
  options.commands_per_entity_max = 2;
  start();
  fill("purse/a", 1000);
  fill("purse/b");
  pay("purse/a", "b", 1, 200);
  pay("purse/a", "b", 2, 200);
  await_balance("purse/b", 600);
  BOOST_TEST(purse("purse/a").balance() == 400);
  BOOST_TEST(purse("purse/b").disorder() == 0u);
  await_settled();
}

BOOST_AUTO_TEST_CASE(an_entity_may_tell_itself_and_in_a_circle) {
  start();
  fill("purse/a", 100);
  fill("purse/b");
  pay("purse/a", "a", 5, 10);
  pay("purse/a", "b", 1, 10);
  pay("purse/b", "a", 1, 10);
  await_balance("purse/a", 100);
  await_balance("purse/b", 0);
}

BOOST_AUTO_TEST_CASE(passivation_of_both_loses_nothing) {
  options.idle_after = std::chrono::milliseconds(0);
  start();
  fill("purse/a");
  fill("purse/b");
  for (int i = 0; i < 100; ++i) pay("purse/a", "b", 1);
  await_balance("purse/b", 100);
  await([&] { return node().stats().entities_active == 0; }, "nobody is there");
  pay("purse/a", "b", 1);
  await_balance("purse/b", 101);
}

BOOST_AUTO_TEST_CASE(a_stop_in_the_middle_loses_nothing_and_doubles_nothing) {
  start();
  fill("purse/a");
  fill("purse/b");
  for (int i = 1; i <= 5; ++i) {
    pay("purse/a", "b", 1, 200);
    start();
  }
  await_balance("purse/b", 1000);
  BOOST_TEST(purse("purse/b").disorder() == 0u);
  await_settled();
}

BOOST_AUTO_TEST_CASE(a_crash_at_each_point_loses_nothing_and_doubles_nothing) {
  const std::string points[] = {"before_tell",   "before_decide", "before_append", "after_sync",
                                "before_answer", "after_tell",    "before_settle"};
  start();
  fill("purse/a");
  fill("purse/b");
  std::int64_t paid = 0;
  std::uint64_t refused = 0;
  for (const auto& point : points) {
    std::atomic<int> seen = 0;
    options.crash_point = [&](std::string_view name) {
      if (name == point && ++seen == 2) keep_image();
    };
    start();
    pay("purse/a", "b", 1, 10);
    pay("purse/a", "b", 1000);
    pay("purse/a", "b", 1, 10);
    paid += 20;
    ++refused;
    await_balance("purse/b", paid);
    await_refused("purse/a", refused);
    await([&] { return open_tells() == 0; }, "all is settled");
    stop();
    options.crash_point = nullptr;
    BOOST_REQUIRE_MESSAGE(seen >= 2, point);
    // What was told behind the image never was.
    start_from_image();
    await([&] { return node().stats().tells_waiting == 0 && open_tells() == 0; }, point);
    BOOST_TEST(purse("purse/b").disorder() == 0u, point);
    // Rows are on disk a moment before the node shows what came with them.
    await([&] { return purse("purse/a").balance() + purse("purse/b").balance() == 0; }, point);
    paid = purse("purse/b").balance();
    refused = purse("purse/a").refused();
  }
}

BOOST_AUTO_TEST_CASE(a_target_whose_program_fails_refuses_and_goes_on) {
  purse_kind = purse_kind_torn;
  start();
  fill("purse/a");
  fill("purse/b");
  pay("purse/a", "b", 13);
  pay("purse/a", "b", 14);
  pay("purse/a", "b", 1);
  await_balance("purse/b", 1);
  await_refused("purse/a", 2);
  BOOST_TEST(purse("purse/a").balance() == -1);
  BOOST_TEST(refusal("purse/a").find("bug") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_that_a_target_cannot_take_now_waits_and_is_on_show) {
  purse_kind = purse_kind_torn;
  start();
  fill("purse/a");
  fill("purse/b");
  // More failures than an entity may have.
  for (int i = 0; i < 8; ++i) pay("purse/a", "b", 14);
  eventually([&] { return !node().waiting_tells().empty(); }, "it waits");
  const auto waiting = node().waiting_tells().front();
  BOOST_TEST(to_string(waiting.source) == "purse/a");
  BOOST_TEST(to_string(waiting.target) == "purse/b");
  BOOST_TEST(waiting.command == "Receive");
  BOOST_TEST(waiting.attempts >= 1u);
  BOOST_TEST(waiting.cause.find("quarantined") != std::string::npos, waiting.cause);
  BOOST_TEST(node().stats().tells_waiting == 1u);
  // Others are told as ever.
  fill("purse/c");
  pay("purse/a", "c", 1);
  await_balance("purse/c", 1);
  purse_kind = tests::purse_kind;
  start();
  await([&] { return open_tells() == 0; }, "it is told");
  BOOST_TEST(purse("purse/b").disorder() == 0u);
  BOOST_TEST(node().waiting_tells().empty());
  BOOST_TEST(purse("purse/a").balance() + purse("purse/b").balance() == -1);
}

BOOST_AUTO_TEST_CASE(one_that_waited_is_told_when_its_target_is_resumed) {
  purse_kind = purse_kind_torn;
  start();
  fill("purse/a");
  fill("purse/b");
  for (int i = 0; i < 8; ++i) pay("purse/a", "b", 14);
  eventually([&] { return !node().waiting_tells().empty(); }, "it waits");
  BOOST_REQUIRE(node().tree().resume("entities/purse/b"));
  await_refused("purse/a", 8);
  BOOST_TEST(node().waiting_tells().empty());
  BOOST_TEST(purse("purse/a").balance() == 0);
}

BOOST_AUTO_TEST_CASE(parts_and_actors_that_are_killed_lose_nothing_and_double_nothing) {
  options.intensity = {1000, std::chrono::seconds(10)};
  start();
  fill("purse/a");
  fill("purse/b");
  const std::string victims[] = {"work/tells", "entities/purse/a", "work/completion",
                                 "entities/purse/b", "entities/router"};
  std::uint64_t refused = 0;
  for (int round = 0; round < 30; ++round) {
    pay_though_killed("purse/a", "b", 1, 20);
    refused += pay_though_killed("purse/a", "nobody", 1, 1);
    // An actor that is not there cannot be killed.
    (void)node().tree().kill(victims[round % 5]);
  }
  await([&] { return open_tells() == 0; }, "all is settled");
  BOOST_TEST(purse("purse/b").disorder() == 0u);
  BOOST_TEST(purse("purse/a").refused() == refused);
  BOOST_TEST(purse("purse/a").balance() + purse("purse/b").balance() == 0);
}

BOOST_AUTO_TEST_CASE(one_told_while_much_waits_is_not_forgotten) {
  start();
  fill("purse/a");
  fill("purse/b");
  // Far more than are on their way at once, to several.
  constexpr int purses = 20;
  for (int i = 0; i < purses; ++i) fill("purse/p" + std::to_string(i));
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < purses; ++i) pay("purse/a", "p" + std::to_string(i), 1, 30);
  }
  for (int i = 0; i < purses; ++i) await_balance("purse/p" + std::to_string(i), 300);
  await([&] { return open_tells() == 0; }, "all is settled");
}

BOOST_AUTO_TEST_CASE(a_node_does_not_start_where_a_kind_tells_what_no_kind_takes) {
  purse_kind = purse_kind_stranger;
  const auto started = try_start();
  BOOST_REQUIRE(!started);
  BOOST_TEST(std::string(started.error().message()).find("purse tells") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
