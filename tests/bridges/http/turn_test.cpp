// Whose turn it is, and when to look: what the loop's threads agree on.
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "bridges/http/deadlines.hpp"
#include "bridges/http/turn.hpp"

namespace nightshift::tests {

using bridges::http::Deadlines;
using bridges::http::never;
using bridges::http::SteadyTime;
using bridges::http::Timed;
using bridges::http::Turn;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(turns)

BOOST_AUTO_TEST_CASE(a_request_is_answered_once_and_late_answers_are_nobodys) {
  Turn turn;
  const auto first = turn.give(false);
  BOOST_TEST(!turn.home());
  BOOST_TEST(turn.claim(first));
  BOOST_TEST(!turn.claim(first));
  BOOST_TEST(!turn.release());
  BOOST_TEST(turn.home());
  const auto second = turn.give(false);
  BOOST_TEST(!turn.claim(first));
  BOOST_TEST(turn.claim(second));
  turn.release();
  BOOST_TEST(!turn.claim(second));
}

BOOST_AUTO_TEST_CASE(what_happened_meanwhile_is_told_to_who_gives_the_turn_back) {
  Turn turn;
  BOOST_TEST(!turn.note());
  const auto first = turn.give(false);
  BOOST_TEST(turn.note());
  BOOST_TEST(turn.claim(first));
  BOOST_TEST(turn.release());
  const auto second = turn.give(true);
  BOOST_TEST(turn.claim(second));
  BOOST_TEST(turn.release());
  const auto third = turn.give(false);
  BOOST_TEST(turn.claim(third));
  BOOST_TEST(turn.note());
  BOOST_TEST(turn.release());
}

BOOST_AUTO_TEST_CASE(of_many_who_claim_at_once_one_gets_it_and_no_news_is_lost) {
  for (int round = 0; round < 2'000; ++round) {
    Turn turn;
    const auto number = turn.give(false);
    std::atomic<int> claims = 0;
    std::atomic<bool> told = false;
    bool noted = false;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        if (!turn.claim(number)) return;
        ++claims;
        told = turn.release();
      });
    }
    noted = turn.note();
    threads.clear();
    BOOST_REQUIRE(claims == 1);
    BOOST_REQUIRE(told == noted);
  }
}

BOOST_AUTO_TEST_CASE(who_is_due_comes_in_order_and_only_once) {
  Deadlines deadlines;
  std::array<Timed, 3> timed;
  const SteadyTime start{};
  BOOST_TEST((deadlines.next() == never));
  deadlines.look_by(start + milliseconds(30), timed[0]);
  deadlines.look_by(start + milliseconds(10), timed[1]);
  deadlines.look_by(start + milliseconds(20), timed[2]);
  // One that moves away stays where it is, one that comes nearer moves.
  deadlines.look_by(start + milliseconds(90), timed[1]);
  deadlines.look_by(start + milliseconds(5), timed[0]);
  BOOST_TEST((deadlines.next() == start + milliseconds(5)));
  deadlines.forget(timed[2]);
  BOOST_TEST(deadlines.take_due(start) == nullptr);
  BOOST_TEST(deadlines.take_due(start + milliseconds(50)) == &timed[0]);
  BOOST_TEST(deadlines.take_due(start + milliseconds(50)) == &timed[1]);
  BOOST_TEST(deadlines.take_due(start + milliseconds(50)) == nullptr);
  BOOST_TEST((deadlines.next() == never));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
