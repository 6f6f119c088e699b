// Single cases of the rules, as tables: who is stopped and started, in which order.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "runtime/supervision/engine.hpp"

namespace nightshift::tests {
namespace {

using namespace runtime::supervision;
using namespace std::chrono_literals;

/// A supervisor of children that obey at once; writes down `+1` and `-1`, `!1` for a kill, `end`.
class Sandbox {
 public:
  Sandbox(Rules rules, const std::vector<Restart>& kinds) : engine(rules) {
    for (const auto kind : kinds) engine.add({.name = {}, .restart = kind, .patience = 5s});
  }

  std::string begin() { return obey(engine.begin()); }
  std::string ends(std::size_t child, Exit exit, std::chrono::microseconds now = {}) {
    return obey(engine.exited(child, exit, now));
  }
  std::string obey(Order order) {
    std::string story;
    for (;;) {
      const auto name = std::to_string(order.child);
      switch (order.what) {
        case Order::What::wait: return story;
        case Order::What::end: return story + "end";
        case Order::What::start:
          story += "+" + name + " ";
          if (refuses == order.child && refusals-- > 0) {
            order = engine.exited(order.child, Exit::failed, {});
          } else {
            order = engine.started(order.child);
          }
          break;
        case Order::What::stop:
          story += "-" + name + " ";
          if (deaf == order.child) return story;
          order = engine.exited(order.child, Exit::shutdown, {});
          break;
        case Order::What::kill:
          story += "!" + name + " ";
          order = engine.exited(order.child, Exit::asked, {});
          break;
      }
    }
  }

  Engine engine;
  /// Which child cannot start, and how often.
  std::size_t refuses = SIZE_MAX;
  int refusals = 0;
  /// Which child does not stop when it is told to.
  std::size_t deaf = SIZE_MAX;
};

constexpr auto all = std::vector<Restart>::size_type{4};

std::vector<Restart> permanent() { return std::vector<Restart>(all, Restart::permanent); }

}  // namespace

BOOST_AUTO_TEST_SUITE(supervision_engine)

BOOST_AUTO_TEST_CASE(each_strategy_restarts_whom_it_says) {
  struct {
    Strategy strategy;
    std::size_t dead;
    const char* story;
  } const cases[] = {
      {Strategy::one_for_one, 0, "+0 "},
      {Strategy::one_for_one, 2, "+2 "},
      {Strategy::one_for_all, 1, "-3 -2 -0 +0 +1 +2 +3 "},
      {Strategy::rest_for_one, 0, "-3 -2 -1 +0 +1 +2 +3 "},
      {Strategy::rest_for_one, 2, "-3 +2 +3 "},
      {Strategy::rest_for_one, 3, "+3 "},
  };
  for (const auto& [strategy, dead, story] : cases) {
    Sandbox box({.strategy = strategy, .intensity = {}}, permanent());
    BOOST_TEST(box.begin() == "+0 +1 +2 +3 ");
    BOOST_TEST(box.ends(dead, Exit::failed) == story);
    BOOST_TEST(box.engine.settled());
  }
}

BOOST_AUTO_TEST_CASE(each_kind_of_restart_follows_the_exits_that_it_says) {
  struct {
    Restart restart;
    Exit exit;
    const char* story;
  } const cases[] = {
      {Restart::permanent, Exit::normal, "+0 "}, {Restart::permanent, Exit::shutdown, "+0 "},
      {Restart::permanent, Exit::failed, "+0 "}, {Restart::permanent, Exit::asked, "+0 "},
      {Restart::transient, Exit::normal, ""},    {Restart::transient, Exit::shutdown, ""},
      {Restart::transient, Exit::failed, "+0 "}, {Restart::transient, Exit::asked, "+0 "},
      {Restart::temporary, Exit::normal, ""},    {Restart::temporary, Exit::failed, ""},
      {Restart::temporary, Exit::asked, ""},
  };
  for (const auto& [restart, exit, story] : cases) {
    Sandbox box({}, {restart});
    box.begin();
    BOOST_TEST(box.ends(0, exit) == story);
  }
}

BOOST_AUTO_TEST_CASE(a_temporary_sibling_is_stopped_with_the_group_and_stays_away) {
  Sandbox box({.strategy = Strategy::one_for_all, .intensity = {}},
              {Restart::permanent, Restart::temporary, Restart::transient});
  box.begin();
  BOOST_TEST(box.ends(2, Exit::normal) == "");
  BOOST_TEST(box.ends(0, Exit::failed) == "-1 +0 +2 ");
}

BOOST_AUTO_TEST_CASE(more_restarts_than_allowed_within_the_period_end_the_supervisor) {
  const Rules rules{.strategy = Strategy::one_for_one,
                    .intensity = {.restarts_max = 2, .period = 10s}};
  Sandbox box(rules, permanent());
  box.begin();
  BOOST_TEST(box.ends(1, Exit::failed, 0s) == "+1 ");
  BOOST_TEST(box.ends(2, Exit::failed, 9s) == "+2 ");
  BOOST_TEST(box.ends(1, Exit::failed, 10s + 1us) == "+1 ");
  BOOST_TEST(box.ends(1, Exit::failed, 19s) == "-3 -2 -0 end");
  BOOST_TEST(box.engine.gave_up());
}

BOOST_AUTO_TEST_CASE(a_restart_exactly_one_period_ago_still_counts) {
  Sandbox box({.strategy = Strategy::one_for_one, .intensity = {.restarts_max = 1, .period = 5s}},
              permanent());
  box.begin();
  BOOST_TEST(box.ends(0, Exit::failed, 0s) == "+0 ");
  BOOST_TEST(box.ends(0, Exit::failed, 5s) == "-3 -2 -1 end");
}

BOOST_AUTO_TEST_CASE(what_somebody_killed_on_purpose_is_restarted_without_being_counted) {
  Sandbox box({.strategy = Strategy::one_for_one, .intensity = {.restarts_max = 0, .period = 5s}},
              permanent());
  box.begin();
  for (int i = 0; i < 100; ++i) BOOST_TEST(box.ends(1, Exit::asked) == "+1 ");
  BOOST_TEST(box.ends(1, Exit::failed) == "-3 -2 -0 end");
}

BOOST_AUTO_TEST_CASE(one_that_is_killed_on_purpose_while_it_starts_is_started_again_uncounted) {
  const Rules rules{.strategy = Strategy::rest_for_one,
                    .intensity = {.restarts_max = 0, .period = 5s}};
  const Order start{Order::What::start, 2};
  Sandbox box(rules, permanent());
  BOOST_TEST((box.engine.begin() == Order{Order::What::start, 0}));
  box.engine.started(0);
  BOOST_TEST((box.engine.started(1) == start));
  BOOST_TEST((box.engine.exited(2, Exit::asked, 0s) == start));
  BOOST_TEST(box.obey(box.engine.started(2)) == "+3 ");
  box.obey(box.engine.exited(3, Exit::asked, 0s));
  BOOST_TEST((box.engine.exited(2, Exit::asked, 0s) == Order{Order::What::stop, 3}));
  BOOST_TEST((box.engine.exited(3, Exit::shutdown, 0s) == start));
  BOOST_TEST((box.engine.exited(2, Exit::asked, 0s) == start));
  BOOST_TEST(box.obey(box.engine.started(2)) == "+3 ");
  BOOST_TEST(box.engine.settled());
  const Order later{Order::What::start, 4};
  BOOST_TEST((box.engine.add({.name = "later"}) == later));
  BOOST_TEST((box.engine.exited(4, Exit::asked, 0s) == later));
  box.engine.shut_down();
  BOOST_TEST(box.ends(4, Exit::asked) == "-3 -2 -1 -0 end");
}

BOOST_AUTO_TEST_CASE(a_child_that_cannot_start_at_the_beginning_ends_all) {
  Sandbox box({}, permanent());
  box.refuses = 2;
  box.refusals = 1;
  BOOST_TEST(box.begin() == "+0 +1 +2 -1 -0 end");
  BOOST_TEST(box.engine.gave_up());
}

BOOST_AUTO_TEST_CASE(a_restart_that_cannot_start_counts_and_is_tried_again) {
  struct {
    Strategy strategy;
    int refusals;
    const char* story;
  } const cases[] = {
      {Strategy::one_for_one, 2, "+1 +1 +1 "},
      {Strategy::one_for_all, 1, "-3 -2 -0 +0 +1 -0 +0 +1 +2 +3 "},
      {Strategy::rest_for_one, 2, "-3 -2 +1 +1 +1 +2 +3 "},
      {Strategy::rest_for_one, 3, "-3 -2 +1 +1 +1 -0 end"},
  };
  for (const auto& [strategy, refusals, story] : cases) {
    Sandbox box({.strategy = strategy, .intensity = {.restarts_max = 3, .period = 5s}},
                permanent());
    box.begin();
    box.refuses = 1;
    box.refusals = refusals;
    BOOST_TEST(box.ends(1, Exit::failed) == story);
  }
}

BOOST_AUTO_TEST_CASE(children_are_stopped_in_reverse_and_those_who_do_not_obey_are_killed) {
  Sandbox box({}, permanent());
  box.begin();
  box.deaf = 2;
  BOOST_TEST(box.obey(box.engine.shut_down()) == "-3 -2 ");
  BOOST_TEST(box.obey(box.engine.overdue(3)) == "");
  BOOST_TEST(box.obey(box.engine.overdue(2)) == "!2 -1 -0 end");
  BOOST_TEST(!box.engine.gave_up());
}

BOOST_AUTO_TEST_CASE(a_child_without_patience_is_killed_at_once) {
  Engine engine{Rules{}};
  engine.add({.name = "a", .restart = Restart::permanent, .patience = 0ms});
  engine.begin();
  engine.started(0);
  BOOST_TEST((engine.shut_down() == Order{Order::What::kill, 0}));
}

BOOST_AUTO_TEST_CASE(an_end_in_the_middle_of_a_group_restart_is_not_answered_twice) {
  Sandbox box({.strategy = Strategy::one_for_all, .intensity = {.restarts_max = 5, .period = 5s}},
              permanent());
  box.begin();
  BOOST_TEST((box.engine.exited(0, Exit::failed, 0s) == Order{Order::What::stop, 3}));
  BOOST_TEST((box.engine.exited(1, Exit::failed, 0s) == Order{}));
  BOOST_TEST(box.ends(3, Exit::shutdown) == "-2 +0 +1 +2 +3 ");
  BOOST_TEST(box.engine.settled());
}

BOOST_AUTO_TEST_CASE(a_child_that_is_added_starts_at_once_or_is_dropped) {
  Sandbox box({.strategy = Strategy::rest_for_one, .intensity = {.restarts_max = 5, .period = 5s}},
              {Restart::permanent});
  box.begin();
  BOOST_TEST(box.obey(box.engine.add({.name = "later"})) == "+1 ");
  box.refuses = 2;
  box.refusals = 1;
  BOOST_TEST(box.obey(box.engine.add({.name = "lame"})) == "+2 ");
  BOOST_TEST(box.engine.settled());
  BOOST_TEST(box.ends(0, Exit::failed) == "-1 +0 +1 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
