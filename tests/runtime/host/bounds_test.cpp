// Bounds, stopping, and a log that fails: every call is answered once. The log is the one in
// memory, which does nothing until it is told to.
#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/memory.hpp"
#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/counter.hpp"

namespace nightshift::tests {
namespace {

struct Held {
  Held() {
    catalog->add(counter_kind());
    Identity identity;
    identity.set_node("here");
    identity.set_log_id("0123456789abcdef0123456789abcdef");
    log = storage::open_memory(identity, [clock = clock] { return clock->now(); });
  }

  void start() {
    options.failed = [this](runtime::ProcessEnd, const Error&) { ++failures; };
    node = std::move(*runtime::start_node(log, catalog, clock, {}, options));
  }

  static runtime::Command add_one(const std::string& id) {
    auto body = std::make_shared<counter_pb::Add>();
    body->set_by(1);
    runtime::Command command;
    command.entity = {"counter", id};
    command.body = body;
    command.caller = anyone();
    return command;
  }

  /// What comes of it is in `answers`, once it is answered.
  void add(const std::string& id, std::string key = {}) {
    auto command = add_one(id);
    command.key = std::move(key);
    node->submit(std::move(command), [this](Result<runtime::Answer> answer) {
      const std::lock_guard lock(mutex);
      answers.push_back(answer ? "ok" : std::string(info(answer.error().code).name));
      if (!answer) instances.push_back(answer.error().instance);
    });
  }

  std::size_t count(std::string_view word) {
    const std::lock_guard lock(mutex);
    return static_cast<std::size_t>(std::ranges::count(answers, word));
  }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return answers.size();
  }
  void pump_until(const std::function<bool()>& condition, std::string_view what) {
    eventually(
        [&] {
          log->pump();
          return condition();
        },
        what);
  }

  std::shared_ptr<runtime::ManualClock> clock =
      std::make_shared<runtime::ManualClock>(*from_rfc3339("2026-11-21T07:00:00Z"));
  std::shared_ptr<runtime::Catalog> catalog = std::make_shared<runtime::Catalog>();
  std::shared_ptr<storage::MemoryLog> log;
  runtime::NodeOptions options;
  std::unique_ptr<runtime::Node> node;
  std::mutex mutex;
  std::vector<std::string> answers;
  std::vector<std::string> instances;
  std::atomic<int> failures = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bounds, Held)

BOOST_AUTO_TEST_CASE(an_entity_takes_so_many_commands_and_no_more) {
  options.commands_per_entity_max = 10;
  start();
  for (int i = 0; i < 15; ++i) add("a");
  BOOST_TEST(count("overloaded") == 5u);
  add("b");
  pump_until([&] { return count("ok") == 11; }, "eleven are answered");
  add("a");
  pump_until([&] { return count("ok") == 12; }, "there is room again");
  BOOST_TEST(node->stats().commands_in_flight == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_takes_so_many_commands_and_no_more) {
  options.commands_in_flight_max = 10;
  start();
  for (int i = 0; i < 15; ++i) add("c" + std::to_string(i));
  BOOST_TEST(count("overloaded") == 5u);
  pump_until([&] { return count("ok") == 10; }, "ten are answered");
}

BOOST_AUTO_TEST_CASE(nobody_is_answered_before_the_log_has_written) {
  start();
  add("a");
  eventually([&] { return log->stats().queued == 1; }, "the opening is queued");
  log->pump();
  eventually([&] { return log->stats().queued == 1; }, "the append is queued");
  BOOST_TEST(count() == 0u);
  log->pump();
  BOOST_TEST(count("ok") == 1u);
}

BOOST_AUTO_TEST_CASE(who_waits_in_vain_learns_the_id_to_ask_again_with) {
  start();
  const auto late = node->call(add_one("a"), std::chrono::milliseconds(1));
  BOOST_REQUIRE(!late);
  BOOST_TEST((late.error().code == ErrorCode::timed_out));
  const auto id = late.error().instance;
  BOOST_TEST(id.size() == 32u);
  add("a", id);
  pump_until([&] { return count("ok") == 1; }, "the repeat is answered");
  BOOST_TEST(node->get({"counter", "a"})->sequence == 1u);
}

BOOST_AUTO_TEST_CASE(a_log_that_fails_answers_all_as_unknown_with_their_ids) {
  start();
  add("a", "k1");
  pump_until([&] { return count("ok") == 1; }, "the first is answered");
  add("a", "k2");
  add("b", "k3");
  eventually([&] { return log->stats().queued == 2; }, "two are queued");
  log->fail_next(true);
  pump_until([&] { return count("unavailable") == 2; }, "both are answered");
  BOOST_TEST(failures == 1);
  BOOST_TEST((instances == std::vector<std::string>{"k2", "k3"} ||
              instances == std::vector<std::string>{"k3", "k2"}));
  add("a", "k4");
  pump_until([&] { return count("unavailable") == 3; }, "later ones too");
  // The process ends, starts again, and the callers ask again by id.
  node.reset();
  log = log->reopen();
  start();
  add("a", "k2");
  add("b", "k3");
  pump_until([&] { return count("ok") == 3; }, "both are known");
  BOOST_TEST(node->get({"counter", "a"})->sequence == 2u);
  BOOST_TEST(node->get({"counter", "b"})->sequence == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_is_ready_until_its_log_has_stopped) {
  start();
  BOOST_TEST(node->obstacles().empty());
  add("a");
  eventually([&] { return log->stats().queued == 1; }, "the opening is queued");
  log->fail_next(false);
  pump_until([&] { return count("unavailable") == 1; }, "it is answered");
  BOOST_REQUIRE(node->obstacles().size() == 1u);
  BOOST_TEST((node->obstacles().front().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_CASE(stopping_answers_everybody_once) {
  start();
  for (int i = 0; i < 100; ++i) add("c" + std::to_string(i % 7));
  std::jthread pumping([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) log->pump();
  });
  node.reset();
  eventually([&] { return count() == 100; }, "all are answered");
  BOOST_TEST(count("ok") + count("stopping") + count("unavailable") == 100u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
