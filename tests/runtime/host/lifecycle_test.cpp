// The life of an entity's actor: passivation, failures, restart, quarantine, large states.
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <limits>
#include <thread>

#include "runtime/kernel/lift.hpp"
#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/counter.pb.h"
#include "tests/support/kinds/errand.hpp"

namespace nightshift::tests {
namespace {

errand::Note note(std::size_t bytes = 1) {
  errand::Note command;
  command.set_text(std::string(bytes, 'x'));
  return command;
}

counter::Add one() {
  counter::Add command;
  command.set_by(1);
  return command;
}

/// A kind with a bug: it cuts a text in the middle of a character.
struct Cutting : Errand {
  using Errand::decide;
  static Result<Events> decide(const Written&, const errand_pb::Spoil&, const Context&) {
    errand_pb::Noted event;
    event.set_text("caf\xc3");
    return event;
  }
};

/// One caller with several commands under way on one entity; notices an answer out of order.
struct Caller {
  std::atomic<std::uint64_t> last = 0;
  std::atomic<int> answered = 0;
  std::atomic<int> out_of_order = 0;
  std::atomic<int> refused = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(lifecycle, NodeFixture)

BOOST_AUTO_TEST_CASE(idle_entities_go_and_come_back_as_they_were) {
  options.idle_after = std::chrono::seconds(60);
  start();
  BOOST_REQUIRE(call("counter/a", one()));
  BOOST_TEST(node().stats().entities_active == 1u);
  eventually(
      [&] {
        clock->advance(std::chrono::seconds(60));
        return node().stats().entities_active == 0;
      },
      "nobody is there");
  BOOST_TEST(call("counter/a", one())->sequence == 2u);
}

BOOST_AUTO_TEST_CASE(a_node_stops_though_a_thread_that_called_it_lives_on) {
  start();
  std::promise<void> called, leave;
  std::thread caller([&] {
    BOOST_TEST(call("counter/a", one()).has_value());
    called.set_value();
    leave.get_future().wait();
  });
  called.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { stop(); });
  const auto state = stopped.wait_for(std::chrono::minutes(1));
  leave.set_value();
  caller.join();
  BOOST_TEST((state == std::future_status::ready), "it waits for a thread that is not its own");
}

BOOST_AUTO_TEST_CASE(passivation_loses_nothing_and_keeps_each_callers_order) {
  options.idle_after = std::chrono::milliseconds(0);
  start();
  constexpr int entities = 4;
  constexpr int commands = 1500;
  std::array<Caller, entities> callers;
  std::atomic<bool> done = false;
  // Time runs: every look finds all entities idle.
  std::jthread time([&] {
    while (!done) {
      clock->advance(std::chrono::milliseconds(10));
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < commands; ++i) {
    for (int e = 0; e < entities; ++e) {
      auto& caller = callers[static_cast<std::size_t>(e)];
      eventually([&] { return i - caller.answered < 16; }, "a caller has room");
      node().submit(command("counter/c" + std::to_string(e), one()),
                    [&caller](Result<runtime::Answer> answer) {
                      if (!answer) ++caller.refused;
                      if (answer && answer->sequence != ++caller.last) ++caller.out_of_order;
                      ++caller.answered;
                    });
    }
  }
  for (auto& caller : callers) {
    eventually([&] { return caller.answered == commands; }, "all are answered");
    BOOST_TEST(caller.refused == 0);
    BOOST_TEST(caller.out_of_order == 0);
    BOOST_TEST(caller.last == static_cast<std::uint64_t>(commands));
  }
  done = true;
}

BOOST_AUTO_TEST_CASE(a_throw_in_decide_refuses_the_command_alone) {
  start();
  BOOST_REQUIRE(call("errand/p", note()));
  for (int i = 0; i < 20; ++i) {
    const auto refused = call("errand/p", errand::Throw());
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == ErrorCode::bug));
  }
  BOOST_TEST(call("errand/p", note())->sequence == 2u);
  BOOST_TEST(node().stats().entities_restarted == 0u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_folded_restarts_the_entity_from_the_journal) {
  start();
  BOOST_REQUIRE(call("errand/p", note()));
  const auto refused = call("errand/p", errand::Spoil());
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::bug));
  BOOST_TEST(call("errand/p", note())->sequence == 2u);
  BOOST_TEST(node().stats().entities_restarted == 1u);
  BOOST_TEST(story("errand/p") == "Noted Noted");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_read_again_never_gets_into_the_journal) {
  errand_kind = [] { return kernel::lift<Cutting>(); };
  start();
  BOOST_REQUIRE(call("errand/p", note()));
  const auto refused = call("errand/p", errand::Spoil());
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::bug));
  BOOST_TEST(refused.error().detail.find("text") != std::string::npos, refused.error().detail);
  BOOST_TEST(call("errand/p", note())->sequence == 2u);
  BOOST_TEST(story("errand/p") == "Noted Noted");
}

BOOST_AUTO_TEST_CASE(one_that_keeps_failing_is_quarantined_alone_while_that_is_remembered) {
  options.idle_after = std::chrono::milliseconds(0);
  start();
  BOOST_REQUIRE(call("errand/p", note()));
  for (int i = 0; i < 6; ++i) BOOST_TEST(!call("errand/p", errand::Spoil()));
  const auto shut = call("errand/p", note());
  BOOST_REQUIRE(!shut);
  BOOST_TEST((shut.error().code == ErrorCode::quarantined));
  BOOST_TEST(shut.error().detail.find("Spoilt") != std::string::npos);
  BOOST_TEST(call("errand/q", note()).has_value());
  eventually(
      [&] {
        clock->advance(std::chrono::seconds(60));
        return node().stats().entities_active == 0;
      },
      "all are let go, the quarantined as well");
  BOOST_TEST((call("errand/p", note()).error().code == ErrorCode::quarantined));
  BOOST_TEST(view("errand/p") == R"({"how":"","texts":1})");
  start();
  BOOST_TEST(call("errand/p", note())->sequence == 2u);
}

BOOST_AUTO_TEST_CASE(failures_that_are_far_apart_do_not_add_up) {
  start();
  BOOST_REQUIRE(call("errand/p", note()));
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(!call("errand/p", errand::Spoil()));
    clock->advance(std::chrono::seconds(6));
  }
  BOOST_TEST(call("errand/p", note())->sequence == 2u);
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_commands_are_refused_and_reading_goes_on) {
  start();
  BOOST_REQUIRE(call("counter/a", one()));
  BOOST_TEST(node().obstacles().empty());
  reserve_bytes = std::numeric_limits<std::uint64_t>::max();
  start();
  const auto refused = call("counter/a", one());
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::no_space));
  BOOST_REQUIRE(node().obstacles().size() == 1u);
  BOOST_TEST((node().obstacles().front().code == ErrorCode::no_space));
  BOOST_TEST(view("counter/a") == R"({"value":1,"additions":1})");
  reserve_bytes = 0;
  start();
  BOOST_TEST(call("counter/a", one())->sequence == 2u);
}

BOOST_AUTO_TEST_CASE(a_large_state_is_read_and_opened_as_it_is_though_its_row_is_older) {
  start();
  constexpr std::size_t notes = 60;
  for (std::size_t i = 0; i < notes; ++i) BOOST_REQUIRE(call("errand/p", note(2000)));
  BOOST_TEST(view("errand/p") == R"({"how":"","texts":60})");
  runtime::ListQuery query;
  query.kind = "errand";
  query.where = {{"texts", "60"}, {"status", "written"}};
  BOOST_TEST(node().list(query)->items.size() == 1u);
  query.where = {{"texts", "60"}, {"status", "over"}};
  BOOST_TEST(node().list(query)->items.empty());
  start();
  BOOST_TEST(call("errand/p", note())->sequence == notes + 1);
  BOOST_TEST(view("errand/p") == R"({"how":"","texts":61})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
