// A node and its webhooks: proposed, signed, sent once; repeated where the receiver knows repeats,
// left to a human where it does not.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <mutex>
#include <set>

#include "tests/bridges/webhook/desk.hpp"
#include "tests/support/web/standard_webhooks.hpp"

namespace nightshift::bridges::webhook {
namespace {

using tests::answer;
using tests::Received;
using tests::Reply;
using tests::WebReceiver;

/// Holds a thread until it is let go.
class Barrier {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::minutes(1), [this] { return open_; });
  }
  void open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

struct Fixture {
  WebReceiver receiver;
  Desk desk;

  void open(const std::string& receiver_class) {
    desk.open({{"crm", target(receiver.url(), receiver_class)}});
  }
  void propose(const std::string& id, const std::string& payload = R"({"n":1})") {
    const auto answer = desk.propose(id, "crm", payload);
    BOOST_TEST_REQUIRE(answer.has_value(), (answer ? "" : answer.error().message()));
  }
  void approve(const std::string& id) {
    const auto answer = desk.approve(id);
    BOOST_TEST_REQUIRE(answer.has_value(), (answer ? "" : answer.error().message()));
  }
  std::set<std::string> ids() const {
    std::set<std::string> all;
    for (auto& request : receiver.received()) all.insert(request.headers["webhook-id"]);
    return all;
  }
};

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(webhook_node, Fixture)

BOOST_AUTO_TEST_CASE(an_approved_call_arrives_once_with_the_bytes_that_were_shown) {
  open("keyed");
  propose("a", "{\"text\": \"as it is\" }\n");
  const auto shown = desk.view("a").preview();
  for (const auto* part : {"crm", "/hook", "keyed", "{\"text\": \"as it is\" }\n"}) {
    BOOST_TEST(says(shown, part), shown);
  }
  BOOST_TEST(says(shown, receiver.url()), shown);
  BOOST_TEST(receiver.count() == 0u);
  approve("a");
  desk.await("a", "sent");
  BOOST_TEST_REQUIRE(receiver.count() == 1u);
  BOOST_TEST(receiver.received().front().body == "{\"text\": \"as it is\" }\n");
  BOOST_TEST(tests::is_signed(receiver.received().front(), test_secret));
  BOOST_TEST(desk.view("a").evidence() == "crm answered 200: {}");
}

BOOST_AUTO_TEST_CASE(an_unknown_target_is_refused_with_the_nearest_known_one) {
  open("keyed");
  const auto refused = desk.propose("a", "crn", "{}");
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::no_executor));
  BOOST_TEST(says(std::string(refused.error().message()), "did you mean crm?"));
}

BOOST_AUTO_TEST_CASE(a_target_that_moved_after_the_approval_is_not_called_without_a_human) {
  open("keyed");
  desk.close();
  // Nobody listens there: the approval stays approved, between its attempts.
  desk.options.effect_backoff = std::chrono::hours(1);
  desk.open({{"crm", target("http://127.0.0.1:1/hook", "keyed")}});
  propose("a");
  approve("a");
  desk.await_effect("a", EFFECT_STATE_FAILED_BEFORE_EFFECT);
  desk.close();
  desk.open({{"crm", target(receiver.url(), "keyed")}});
  desk.await("a", "failed");
  BOOST_TEST(says(desk.view("a").evidence(), receiver.url()), desk.view("a").evidence());
  BOOST_TEST(receiver.count() == 0u);
  BOOST_TEST(desk.command({"approval", "a"}, std::make_shared<approval::Retry>()).has_value());
  BOOST_TEST(says(desk.view("a").preview(), receiver.url()));
  BOOST_TEST(receiver.count() == 0u);
  approve("a");
  desk.await("a", "sent");
  BOOST_TEST(receiver.count() == 1u);
}

BOOST_AUTO_TEST_CASE(the_approver_is_checked_right_before_sending) {
  Barrier barrier;
  receiver.behave([&](const Received&) {
    barrier.wait();
    return answer(200);
  });
  desk.options.effect_threads = 1;
  open("keyed");
  propose("first");
  propose("second");
  approve("first");
  BOOST_TEST_REQUIRE(receiver.await(1));
  approve("second");
  const auto changed = desk.replace_key();
  BOOST_TEST_REQUIRE(changed.has_value(), (changed ? "" : changed.error().message()));
  barrier.open();
  desk.await("first", "sent");
  desk.await("second", "failed");
  BOOST_TEST(says(desk.view("second").evidence(), "another key"), desk.view("second").evidence());
  BOOST_TEST(receiver.count() == 1u);
}

// ---- answers

BOOST_AUTO_TEST_CASE(a_keyed_receiver_gets_the_same_again_until_it_answers) {
  std::atomic<int> times = 0;
  receiver.behave([&](const Received&) {
    switch (++times) {
      case 1: return answer(503);
      case 2: return Reply{"", Reply::End::reset};
      default: return answer(200);
    }
  });
  open("keyed");
  propose("a");
  approve("a");
  desk.await("a", "sent");
  BOOST_TEST(receiver.count() == 3u);
  BOOST_TEST(ids().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_keyed_receiver_that_never_answers_clearly_is_left_to_a_human_after_three) {
  receiver.behave([](const Received&) { return answer(500); });
  open("keyed");
  propose("a");
  approve("a");
  desk.await("a", "unknown");
  BOOST_TEST(receiver.count() == 3u);
  BOOST_TEST(ids().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_refusal_of_a_repeat_says_nothing_about_the_first) {
  std::atomic<int> times = 0;
  receiver.behave(
      [&](const Received&) { return ++times == 1 ? Reply{"", Reply::End::close} : answer(422); });
  open("keyed");
  propose("a");
  approve("a");
  desk.await("a", "unknown");
  BOOST_TEST(says(desk.view("a").evidence(), "422"), desk.view("a").evidence());
  BOOST_TEST(receiver.count() == 2u);
}

BOOST_AUTO_TEST_CASE(a_receiver_without_memory_is_never_sent_the_same_twice) {
  receiver.behave([](const Received&) { return Reply{"", Reply::End::close}; });
  open("neither");
  propose("a");
  approve("a");
  desk.await("a", "unknown");
  BOOST_TEST(receiver.count() == 1u);
  BOOST_TEST((desk.effect_state("a") == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH));
  auto resolve = std::make_shared<approval::Resolve>();
  resolve->set_outcome(approval::Resolve::OUTCOME_COMMITTED);
  resolve->set_evidence("seen in the CRM");
  BOOST_TEST(desk.command({"approval", "a"}, resolve).has_value());
  BOOST_TEST(desk.status("a") == "sent");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_final_and_a_human_may_retry) {
  receiver.behave([](const Received&) { return answer(400, "no such field"); });
  open("neither");
  propose("a");
  approve("a");
  desk.await("a", "failed");
  BOOST_TEST(receiver.count() == 1u);
  BOOST_TEST(says(desk.view("a").evidence(), "no such field"));
  BOOST_TEST(desk.command({"approval", "a"}, std::make_shared<approval::Retry>()).has_value());
  BOOST_TEST(desk.status("a") == "pending");
}

BOOST_AUTO_TEST_CASE(a_rate_limit_is_no_end) {
  std::atomic<int> times = 0;
  receiver.behave([&](const Received&) {
    return ++times < 3 ? answer(429, "slow down", "Retry-After: 0\r\n") : answer(200);
  });
  open("neither");
  propose("a");
  approve("a");
  desk.await("a", "sent");
  BOOST_TEST(receiver.count() == 3u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reached_is_tried_three_times_and_has_failed) {
  desk.open({{"crm", target("http://127.0.0.1:1/hook", "neither")}});
  propose("a");
  approve("a");
  desk.await("a", "failed");
  BOOST_TEST(says(desk.view("a").evidence(), "nothing was sent"), desk.view("a").evidence());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::webhook
