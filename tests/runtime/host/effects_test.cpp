// Effects: once, after the dispatch is durable, and what a crash in the middle comes to.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <climits>
#include <stdexcept>

#include "runtime/host/effects.hpp"
#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/errand.pb.h"
#include "tests/support/receiver.hpp"

namespace nightshift::tests {
namespace {

using runtime::Outcome;
using runtime::ReceiverClass;

const Outcome no_answer{EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, "no answer"};

struct Shipping : NodeFixture {
  ~Shipping() { stop(); }

  std::shared_ptr<Receiver> receiver(ReceiverClass kind) {
    return std::make_shared<Receiver>(kind);
  }
  void order(const std::string& errand, bool gated = false) {
    errand::Order command;
    command.set_gated(gated);
    BOOST_REQUIRE(call(errand, command));
  }
  void await(const std::string& errand, const std::string& wanted) {
    eventually([&] { return status(errand) == wanted; }, errand + " is " + wanted);
  }
  EffectState effect_state(const std::string& errand) {
    const auto answer = node().get(*parse_entity(errand));
    BOOST_REQUIRE(answer);
    BOOST_REQUIRE(answer->effects.size() == 1u);
    return answer->effects.front().state();
  }
  /// What an errand comes to when the node crashes at a point and starts again.
  std::string how_after_crash(const std::shared_ptr<Receiver>& to, std::string_view point) {
    options.crash_point = [&, point](std::string_view name) {
      if (name == point) keep_image();
    };
    start({to});
    order("errand/p");
    await("errand/p", "over");
    options.crash_point = nullptr;
    start_from_image({to});
    await("errand/p", "over");
    return view("errand/p");
  }
  void await_in_time(const std::string& errand, const std::string& wanted) {
    eventually(
        [&] {
          clock->advance(std::chrono::milliseconds(1));
          return status(errand) == wanted;
        },
        errand + " is " + wanted);
  }
  /// The first so many attempts end like this; all are counted in `tries`.
  void behave(Receiver& to, const Outcome& outcome, int times = INT_MAX) {
    to.instead = [this, outcome, times](const runtime::Permit&) -> std::optional<Outcome> {
      if (++tries > times) return std::nullopt;
      return outcome;
    };
  }
  void ship(const std::shared_ptr<Receiver>& to) {
    start({to});
    order("errand/p");
    await_in_time("errand/p", "over");
  }
  /// Orders errand/p, and crashes the node that often on its first delivery.
  void crash_in_each_life(const std::shared_ptr<Receiver>& to, std::uint32_t lives) {
    std::atomic<bool> crashed = false;
    options.crash_point = [&](std::string_view name) {
      if (name == "before_delivery" && !crashed.exchange(true)) keep_image();
    };
    ship(to);
    for (std::uint32_t life = 2; life <= lives; ++life) {
      crashed = false;
      start_from_image({to});
      await_in_time("errand/p", "over");
    }
    stop();
    options.crash_point = nullptr;
  }

  std::atomic<int> tries = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(effects, Shipping)

BOOST_AUTO_TEST_CASE(an_effect_is_dispatched_performed_and_ended_once) {
  const auto to = receiver(ReceiverClass::neither);
  start({to});
  order("errand/p");
  await("errand/p", "over");
  BOOST_TEST(story("errand/p") == "Ordered host.Dispatched host.Ended");
  BOOST_TEST(view("errand/p") == R"({"how":"delivered","texts":0})");
  BOOST_TEST((effect_state("errand/p") == EFFECT_STATE_COMMITTED));
  start({to});
  order("errand/q");
  await("errand/q", "over");
  BOOST_TEST(to->performed() == 2);
  BOOST_TEST(story("errand/p") == "Ordered host.Dispatched host.Ended");
}

BOOST_AUTO_TEST_CASE(what_the_host_does_belongs_to_the_chain_that_asked_for_it) {
  start({receiver(ReceiverClass::neither)});
  auto asked = command("errand/p", errand::Order());
  asked.key = "asked";
  asked.correlation = "trigger";
  BOOST_REQUIRE(call(asked));
  await("errand/p", "over");
  const auto events = node().events(*parse_entity("errand/p"), 0, 10);
  BOOST_REQUIRE(events);
  for (const auto& event : *events) {
    BOOST_TEST(event.record.cause() == "asked");
    BOOST_TEST(event.record.correlation() == "trigger");
  }
  BOOST_TEST(events->back().record.principal() == "host");
}

BOOST_AUTO_TEST_CASE(what_failed_before_it_acted_is_tried_three_times_in_all) {
  const auto to = receiver(ReceiverClass::neither);
  to->instead = [&](const runtime::Permit& permit) -> std::optional<Outcome> {
    BOOST_TEST(permit.attempt == static_cast<std::uint32_t>(++tries));
    return Outcome{EFFECT_STATE_FAILED_BEFORE_EFFECT, "no connection"};
  };
  ship(to);
  BOOST_TEST(tries == 3);
  BOOST_TEST(view("errand/p") == R"({"how":"failed","texts":0})");
  BOOST_TEST((effect_state("errand/p") == EFFECT_STATE_FAILED_BEFORE_EFFECT));
  BOOST_TEST(to->arrived() == 0u);
}

BOOST_AUTO_TEST_CASE(an_executor_that_throws_leaves_an_unknown_outcome) {
  const auto to = receiver(ReceiverClass::neither);
  to->instead = [](const runtime::Permit&) -> std::optional<Outcome> {
    throw std::runtime_error("a bug in an executor");
  };
  start({to});
  order("errand/p");
  await("errand/p", "over");
  BOOST_TEST(view("errand/p") == R"({"how":"unknown","texts":0})");
  BOOST_TEST((effect_state("errand/p") == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH));
  BOOST_TEST(to->performed() == 0);
}

BOOST_AUTO_TEST_CASE(a_gate_that_nobody_opened_stays_shut) {
  const auto to = receiver(ReceiverClass::neither);
  start({to});
  order("errand/p", true);
  await("errand/p", "over");
  BOOST_TEST(story("errand/p") == "Ordered host.Ended");
  BOOST_TEST(view("errand/p") == R"({"how":"failed","texts":0})");
  BOOST_TEST(to->performed() == 0);
}

BOOST_AUTO_TEST_CASE(without_an_executor_it_waits_until_there_is_one) {
  start();
  order("errand/p");
  BOOST_TEST((effect_state("errand/p") == EFFECT_STATE_NOT_STARTED));
  const auto to = receiver(ReceiverClass::neither);
  start({to});
  await("errand/p", "over");
  BOOST_TEST(to->arrived() == 1u);
}

BOOST_AUTO_TEST_CASE(it_is_either_cancelled_or_sent_and_never_both) {
  const auto to = receiver(ReceiverClass::neither);
  options.effect_threads = 4;
  start({to});
  constexpr int errands = 200;
  int cancelled = 0;
  for (int i = 0; i < errands; ++i) {
    const auto errand = "errand/p" + std::to_string(i);
    order(errand);
    if (i % 3 == 0) eventually([&] { return status(errand) != "waiting"; }, "it moves");
    if (call(errand, errand::Cancel())) ++cancelled;
    await(errand, "over");
    const auto events = story(errand);
    BOOST_TEST((events == "Ordered Cancelled" || events == "Ordered host.Dispatched host.Ended"));
  }
  BOOST_TEST(to->arrived() == static_cast<std::size_t>(errands - cancelled));
  BOOST_TEST(to->most_often() == 1);
}

BOOST_AUTO_TEST_CASE(an_executor_with_places_of_its_own_acts_in_so_many_at_once_and_no_more) {
  const auto to = receiver(ReceiverClass::neither);
  to->own_places = 3;
  options.effect_threads = 1;
  std::atomic<int> running = 0, most = 0;
  to->instead = [&](const runtime::Permit&) -> std::optional<Outcome> {
    const int now = ++running;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
    eventually([&] { return most >= 3; }, "three act at once");
    --running;
    return std::nullopt;
  };
  start({to});
  for (int i = 0; i < 12; ++i) order("errand/p" + std::to_string(i));
  for (int i = 0; i < 12; ++i) await("errand/p" + std::to_string(i), "over");
  BOOST_TEST(most == 3);
}

BOOST_AUTO_TEST_CASE(after_a_crash_a_keyed_receiver_gets_it_again_and_knows_it) {
  const auto to = receiver(ReceiverClass::keyed);
  BOOST_TEST(how_after_crash(to, "after_delivery") == R"({"how":"delivered","texts":0})");
  BOOST_TEST(to->performed() == 2);
  BOOST_TEST(to->most_often() == 1);
  BOOST_TEST(story("errand/p") == "Ordered host.Dispatched host.Ended");
}

BOOST_AUTO_TEST_CASE(after_a_crash_a_queryable_receiver_is_asked_first) {
  const auto to = receiver(ReceiverClass::queryable);
  BOOST_TEST(how_after_crash(to, "after_delivery") == R"({"how":"delivered","texts":0})");
  BOOST_TEST(to->looks() == 1);
  BOOST_TEST(to->performed() == 1);
}

BOOST_AUTO_TEST_CASE(after_a_crash_nobody_can_ask_the_outcome_is_unknown) {
  const auto to = receiver(ReceiverClass::neither);
  BOOST_TEST(how_after_crash(to, "after_delivery") == R"({"how":"unknown","texts":0})");
  BOOST_TEST(to->performed() == 1);
}

BOOST_AUTO_TEST_CASE(crashes_before_anything_happened_are_none_of_the_three_attempts) {
  const auto to = receiver(ReceiverClass::queryable);
  to->instead = [](const runtime::Permit&) {
    return Outcome{EFFECT_STATE_FAILED_BEFORE_EFFECT, "in a life that is thrown away"};
  };
  crash_in_each_life(to, 5);
  BOOST_TEST(to->looks() == 4);
  to->instead = nullptr;
  start_from_image({to});
  await_in_time("errand/p", "over");
  BOOST_TEST(view("errand/p") == R"({"how":"delivered","texts":0})");
  BOOST_TEST(to->most_often() == 1);
  BOOST_TEST(node().get(*parse_entity("errand/p"))->effects.front().attempts() == 6u);
}

BOOST_AUTO_TEST_CASE(an_executor_that_brings_the_node_down_each_time_is_left_alone_in_the_end) {
  const auto to = receiver(ReceiverClass::queryable);
  to->instead = [](const runtime::Permit&) {
    return Outcome{EFFECT_STATE_FAILED_BEFORE_EFFECT, "in a life that is thrown away"};
  };
  crash_in_each_life(to, runtime::host::effect_interruptions_max + 1);
  start_from_image({to});
  await_in_time("errand/p", "over");
  BOOST_TEST(view("errand/p") == R"({"how":"failed","texts":0})");
  BOOST_TEST(to->performed() == 0);
}

BOOST_AUTO_TEST_CASE(after_a_crash_a_receiver_that_never_can_tell_is_asked_three_times) {
  const auto to = receiver(ReceiverClass::queryable);
  to->blind = true;
  options.crash_point = [&](std::string_view name) {
    if (name == "before_delivery") keep_image();
  };
  start({to});
  order("errand/p");
  await("errand/p", "over");
  options.crash_point = nullptr;
  start_from_image({to});
  await_in_time("errand/p", "over");
  BOOST_TEST(view("errand/p") == R"({"how":"unknown","texts":0})");
  BOOST_TEST(to->looks() == 3);
}

// ---- no clear answer

BOOST_AUTO_TEST_CASE(a_keyed_receiver_without_a_clear_answer_gets_the_same_three_times_in_all) {
  const auto to = receiver(ReceiverClass::keyed);
  behave(*to, no_answer);
  ship(to);
  BOOST_TEST(tries == 3);
  BOOST_TEST(view("errand/p") == R"({"how":"unknown","texts":0})");
  BOOST_TEST(story("errand/p") == "Ordered host.Dispatched host.Ended");
}

BOOST_AUTO_TEST_CASE(a_repeat_that_is_answered_settles_what_was_in_doubt) {
  const auto to = receiver(ReceiverClass::keyed);
  behave(*to, no_answer, 1);
  ship(to);
  BOOST_TEST(view("errand/p") == R"({"how":"delivered","texts":0})");
  BOOST_TEST(to->most_often() == 1);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_knows_no_repeat_is_not_sent_one) {
  const auto to = receiver(ReceiverClass::neither);
  behave(*to, no_answer);
  ship(to);
  BOOST_TEST(tries == 1);
  BOOST_TEST(view("errand/p") == R"({"how":"unknown","texts":0})");
}

BOOST_AUTO_TEST_CASE(what_would_be_refused_again_is_not_tried_again) {
  const auto to = receiver(ReceiverClass::neither);
  behave(
      *to,
      {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT, .evidence = "no such place", .refused = true});
  ship(to);
  BOOST_TEST(tries == 1);
  BOOST_TEST(view("errand/p") == R"({"how":"failed","texts":0})");
}

BOOST_AUTO_TEST_CASE(what_a_receiver_says_in_no_text_at_all_is_kept_readable) {
  const auto to = receiver(ReceiverClass::neither);
  behave(*to, {.state = EFFECT_STATE_COMMITTED, .evidence = "taken by \xff\xfe"});
  ship(to);
  const auto events = node().events({"errand", "p"}, 2, 1);
  BOOST_REQUIRE(events.has_value());
  const auto& ended = dynamic_cast<const host::Ended&>(*events->at(0).event);
  BOOST_TEST(ended.evidence() == "taken by \xEF\xBF\xBD\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(a_receiver_is_left_alone_for_as_long_as_it_asked) {
  const auto to = receiver(ReceiverClass::keyed);
  behave(*to,
         {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
          .evidence = "not now",
          .retry_after = std::chrono::seconds(600)},
         1);
  start({to});
  order("errand/p");
  eventually([&] { return effect_state("errand/p") == EFFECT_STATE_FAILED_BEFORE_EFFECT; },
             "the first attempt has ended");
  for (int second = 0; second < 590; ++second) clock->advance(std::chrono::seconds(1));
  order("errand/q");
  await_in_time("errand/q", "over");
  BOOST_TEST(tries == 2);
  BOOST_TEST(status("errand/p") == "waiting");
  clock->advance(std::chrono::seconds(1200));
  await_in_time("errand/p", "over");
}

BOOST_AUTO_TEST_CASE(a_key_is_not_used_again_once_the_receiver_may_have_forgotten_it) {
  const auto to = receiver(ReceiverClass::keyed);
  options.crash_point = [&](std::string_view name) {
    if (name == "after_delivery") keep_image();
  };
  start({to});
  order("errand/p");
  await("errand/p", "over");
  stop();
  options.crash_point = nullptr;
  clock->advance(runtime::key_life_default);
  start_from_image({to});
  await_in_time("errand/p", "over");
  BOOST_TEST(view("errand/p") == R"({"how":"unknown","texts":0})");
  BOOST_TEST(to->performed() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
