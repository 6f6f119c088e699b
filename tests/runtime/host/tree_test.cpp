// The supervision tree of a node: what it shows, and that every part of it may be killed.
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>
#include <thread>

#include "tests/runtime/host/fixture.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/kinds/counter.pb.h"
#include "tests/support/kinds/errand.pb.h"
#include "tests/support/receiver.hpp"

namespace nightshift::tests {
namespace {

using runtime::supervision::Component;
using runtime::supervision::Failed;
using runtime::supervision::PartState;
using runtime::supervision::PartView;

counter::Add one() {
  counter::Add command;
  command.set_by(1);
  return command;
}

/// A part without durable state that can be made to fail.
struct Bridge final : Component {
  explicit Bridge(std::atomic<int>& its_alive) : alive(its_alive) { ++alive; }
  ~Bridge() override { --alive; }
  std::atomic<int>& alive;
};

struct TreeFixture : NodeFixture {
  std::vector<PartView> view() { return node().tree().view(); }
  std::vector<std::string> paths() {
    std::vector<std::string> paths;
    for (const auto& part : view()) paths.push_back(part.path);
    return paths;
  }
  PartView part(const std::string& path) {
    for (auto& part : view()) {
      if (part.path == path) return part;
    }
    BOOST_FAIL("there is no " << path);
    return {};
  }
  bool whole() {
    return std::ranges::all_of(view(),
                               [](const auto& part) { return part.state == PartState::running; });
  }
  void kill(const std::string& path) {
    const auto before = part(path).restarts;
    const auto killed = node().tree().kill(path);
    BOOST_REQUIRE_MESSAGE(killed, path);
    eventually([&] { return part(path).restarts > before && whole(); }, path + " is there again");
  }
  /// Time passes, for what is tried again after a while.
  template <class Condition>
  bool moves(Condition condition) {
    clock->advance(std::chrono::milliseconds(10));
    return condition();
  }
  Result<void> add(const std::string& name) {
    runtime::supervision::Part part;
    part.name = name;
    part.start = [this](Failed failed) -> Result<std::unique_ptr<Component>> {
      if (refusals-- > 0) return fail(ErrorCode::io, "the port is taken");
      fail_bridge = std::move(failed);
      return std::make_unique<Bridge>(alive);
    };
    return node().tree().add("bridges", std::move(part));
  }

  std::atomic<int> refusals = 0;
  std::atomic<int> alive = 0;
  Failed fail_bridge;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tree, TreeFixture)

BOOST_AUTO_TEST_CASE(shows_every_part_in_the_order_of_starting) {
  start();
  const std::vector<std::string> expected{"node",
                                          "storage",
                                          "storage/journal",
                                          "work",
                                          "work/completion",
                                          "work/readers",
                                          "work/feeds",
                                          "work/effects",
                                          "work/deadlines",
                                          "work/tells",
                                          "work/ticker",
                                          "entities",
                                          "entities/router",
                                          "entities/watchdog",
                                          "bridges"};
  BOOST_TEST(paths() == expected, boost::test_tools::per_element());
  BOOST_TEST(whole());
  BOOST_TEST(part("work").strategy == "rest_for_one");
  BOOST_TEST(node().stats().parts_restarted == 0u);
}

BOOST_AUTO_TEST_CASE(a_killed_part_takes_with_it_those_that_rest_on_it_and_no_others) {
  start();
  kill("work/effects");
  BOOST_TEST(part("work/readers").restarts == 0u);
  BOOST_TEST(part("work/effects").restarts == 1u);
  BOOST_TEST(part("work/tells").restarts == 1u);
  BOOST_TEST(part("work/ticker").restarts == 1u);
  BOOST_TEST(part("work/effects").last_error == "killed on request");
  BOOST_TEST(part("work/ticker").last_error == "");
  BOOST_TEST(node().stats().parts_restarted == 4u);
}

BOOST_AUTO_TEST_CASE(no_number_of_kills_on_purpose_is_too_many) {
  start();
  for (int i = 0; i < 20; ++i) kill("entities/watchdog");
  kill("work");
  kill("entities");
  BOOST_TEST(call("counter/a", one()).has_value());
}

BOOST_AUTO_TEST_CASE(a_path_that_is_not_there_is_named_with_the_nearest) {
  start();
  const auto killed = node().tree().kill("work/efects");
  BOOST_REQUIRE(!killed);
  BOOST_TEST((killed.error().code == ErrorCode::not_found));
  BOOST_TEST(killed.error().detail.find("work/effects") != std::string::npos);
  BOOST_TEST((node().tree().kill("entities/counter/nobody").error().code == ErrorCode::not_found));
  BOOST_TEST(node().tree().kill("/node/work/effects").has_value());
}

BOOST_AUTO_TEST_CASE(killing_the_journal_asks_for_a_new_process) {
  std::atomic<int> asked = 0;
  options.failed = [&](runtime::ProcessEnd end, const Error&) {
    asked += end == runtime::ProcessEnd::asked ? 1 : 100;
  };
  start();
  BOOST_TEST(node().tree().kill("storage/journal").has_value());
  BOOST_TEST(node().tree().kill("node").has_value());
  BOOST_TEST(asked == 1);
}

BOOST_AUTO_TEST_CASE(a_bridge_that_fails_starts_again_and_cannot_start_is_told) {
  start();
  refusals = 1;
  const auto refused = add("http");
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().detail == "the port is taken");
  BOOST_TEST((part("bridges/http").state == PartState::down));
  BOOST_REQUIRE(add("vault"));
  BOOST_TEST(alive == 1);
  fail_bridge("the disk went away");
  eventually([&] { return part("bridges/vault").restarts == 1; }, "it is there again");
  eventually([&] { return alive == 1; }, "one of them lives");
  BOOST_TEST(part("bridges/vault").last_error == "the disk went away");
  const auto before = part("bridges/vault").restarts;
  BOOST_REQUIRE(node().tree().kill("bridges"));
  eventually([&] { return part("bridges/vault").restarts > before && alive == 1; },
             "the branch has its children again");
  stop();
  BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_CASE(a_bridge_that_keeps_failing_ends_the_process_by_escalation) {
  options.intensity = {2, std::chrono::seconds(10)};
  std::atomic<bool> failed = false;
  options.failed = [&](runtime::ProcessEnd end, const Error&) {
    failed = end == runtime::ProcessEnd::failed;
  };
  start();
  BOOST_REQUIRE(add("http"));
  refusals = 1000;
  fail_bridge("the port went away");
  eventually([&] { return failed.load(); }, "the root has given up");
}

BOOST_AUTO_TEST_CASE(what_was_dispatched_and_what_is_due_survives_the_kill_of_its_part) {
  auto receiver = std::make_shared<Receiver>(runtime::ReceiverClass::keyed);
  start({receiver});
  errand::Reserve reserve;
  *reserve.mutable_until() = to_proto(clock->now() + std::chrono::hours(1));
  BOOST_REQUIRE(call("errand/later", reserve));
  for (int i = 0; i < 10; ++i) {
    BOOST_REQUIRE(call("errand/e" + std::to_string(i), errand::Order()));
    BOOST_REQUIRE(node().tree().kill(i % 2 == 0 ? "work/effects" : "work/deadlines"));
  }
  eventually([&] { return moves([&] { return receiver->arrived() == 10 && whole(); }); },
             "all have arrived");
  BOOST_TEST(receiver->most_often() == 1);
  clock->advance(std::chrono::hours(2));
  eventually([&] { return status("errand/later") == "over"; }, "the deadline was kept");
}

BOOST_AUTO_TEST_CASE(a_receiver_that_cannot_be_asked_gets_each_effect_once_whatever_is_killed) {
  const std::uint64_t seed = 5;
  Dice dice(seed);
  auto receiver = std::make_shared<Receiver>(runtime::ReceiverClass::neither);
  start({receiver});
  const std::vector<std::string> parts{"work", "work/completion", "work/effects",
                                       "entities/router"};
  std::vector<std::string> errands;
  for (int i = 0; i < 60; ++i) {
    errands.push_back("errand/e" + std::to_string(i));
    node().submit(command(errands.back(), errand::Order()), [](const auto&) {});
    const auto path = dice.chance(60) ? dice.pick(parts) : "entities/" + dice.pick(errands);
    // One that is not active cannot be killed.
    (void)node().tree().kill(path);
  }
  // What was refused, as its actor was ended before it read it, is asked again.
  for (const auto& errand : errands) {
    eventually(
        [&] {
          const auto known = node().get(*parse_entity(errand));
          return (known && known->sequence > 0) || call(errand, errand::Order());
        },
        errand + " is ordered");
  }
  for (const auto& errand : errands) {
    eventually([&] { return moves([&] { return status(errand) == "over"; }); },
               errand + " is over, seed " + std::to_string(seed));
    BOOST_TEST(NodeFixture::view(errand) == R"({"how":"delivered","texts":0})", "seed " << seed);
  }
  BOOST_TEST(receiver->most_often() == 1, "seed " << seed);
}

BOOST_AUTO_TEST_CASE(whoever_adds_a_part_to_a_branch_that_ends_before_it_runs_is_told) {
  start();
  std::atomic<bool> may_go = false;
  const auto add_slow = [&](const char* name) {
    runtime::supervision::Part part;
    part.name = name;
    part.start = [&](Failed) -> Result<std::unique_ptr<Component>> {
      may_go.wait(false);
      return std::make_unique<Bridge>(alive);
    };
    return std::async(std::launch::async,
                      [this, part] { return node().tree().add("bridges", part); });
  };
  const auto shown = [&](const std::string& path) {
    eventually([&] { return std::ranges::count(paths(), path) == 1; }, path + " is shown");
  };
  auto first = add_slow("first");
  shown("bridges/first");
  auto second = add_slow("second");
  shown("bridges/second");
  BOOST_REQUIRE(node().tree().kill("bridges"));
  eventually([&] { return part("bridges").state == PartState::stopping; }, "the branch ends");
  may_go = true;
  may_go.notify_all();
  BOOST_TEST(first.get().has_value());
  const auto refused = second.get();
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ErrorCode::unavailable));
  BOOST_TEST(refused.error().detail.find("bridges/second") != std::string::npos);
  eventually([&] { return part("bridges/first").restarts == 1 && alive == 1; },
             "the first is there again");
}

BOOST_AUTO_TEST_CASE(every_actor_killed_again_and_again_under_load_loses_nothing) {
  const std::uint64_t seed = 3;
  Dice dice(seed);
  auto receiver = std::make_shared<Receiver>(runtime::ReceiverClass::keyed);
  start({receiver});
  constexpr std::size_t callers = 4;
  std::array<std::atomic<std::uint64_t>, callers> acknowledged{};
  std::atomic<int> wrong = 0;
  std::atomic<bool> done = false;
  std::vector<std::jthread> threads;
  for (std::size_t c = 0; c < callers; ++c) {
    threads.emplace_back([&, c] {
      while (!done) {
        auto command = this->command("counter/c" + std::to_string(c), one());
        command.key = "k" + std::to_string(acknowledged[c].load());
        const auto answer = node().call(std::move(command), std::chrono::minutes(1));
        if (answer && answer->sequence != ++acknowledged[c]) ++wrong;
      }
    });
  }
  auto targets = paths();
  std::erase_if(targets, [](const auto& path) {
    return path == "node" || path.starts_with("storage") || path == "bridges";
  });
  for (std::size_t c = 0; c < callers; ++c) {
    targets.push_back("entities/counter/c" + std::to_string(c));
  }
  for (int i = 0; i < 150; ++i) {
    const auto path = i < static_cast<int>(targets.size()) ? targets[static_cast<std::size_t>(i)]
                                                           : dice.pick(targets);
    if (i % 10 == 0) {
      // Whose entity was restarted under the command asks again, with the same key.
      auto order = command("errand/e" + std::to_string(i), errand::Order());
      order.key = "order";
      eventually([&] { return node().call(order, std::chrono::minutes(1)).has_value(); },
                 "an errand is taken");
    }
    (void)node().tree().kill(path);
    const auto goal = acknowledged[0] + 2;
    eventually([&] { return acknowledged[0] >= goal; },
               "commands are answered after " + path + " was killed, seed " + std::to_string(seed));
  }
  done = true;
  threads.clear();
  eventually([&] { return whole(); }, "the tree is whole again, seed " + std::to_string(seed));
  BOOST_TEST(wrong == 0, "seed " << seed);
  for (std::size_t c = 0; c < callers; ++c) {
    const auto found = node().get({"counter", "c" + std::to_string(c)});
    BOOST_REQUIRE(found);
    BOOST_TEST(found->sequence == acknowledged[c].load(), "seed " << seed);
  }
  eventually([&] { return moves([&] { return receiver->arrived() == 15; }); },
             "all errands have arrived");
  BOOST_TEST(receiver->most_often() == 1, "seed " << seed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
