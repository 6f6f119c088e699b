// Entities that fail: the others go on, the cause is on show, and only a hand lets them run again.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <mutex>

#include "tests/runtime/host/fixture.hpp"
#include "tests/support/kinds/errand.hpp"
#include "tests/support/receiver.hpp"

namespace nightshift::tests {
namespace {

using runtime::QuarantinedEntity;
using runtime::supervision::PartState;

errand_pb::Note note() {
  errand_pb::Note command;
  command.set_text("x");
  return command;
}

/// What is in quarantine is kept here, as in a file.
struct QuarantineFixture : NodeFixture {
  QuarantineFixture() {
    errands_loop = true;
    options.keep_quarantine = [this](const auto& all) {
      const std::lock_guard lock(mutex);
      options_kept = all;
    };
  }
  ~QuarantineFixture() { errands_loop = false; }

  void start_again() {
    errands_loop = false;
    stop();
    errands_loop = true;
    options.quarantined = options_kept;
    start();
  }
  void spoil(const std::string& entity) {
    BOOST_REQUIRE(call(entity, note()));
    for (int i = 0; i < 6; ++i) BOOST_TEST(!call(entity, errand_pb::Spoil()));
  }
  runtime::supervision::PartView shown(const std::string& entity) {
    for (auto& part : node().tree().view()) {
      if (part.path == "entities/" + entity) return part;
    }
    BOOST_FAIL(entity << " is not shown");
    return {};
  }

  std::mutex mutex;
  std::vector<QuarantinedEntity> options_kept;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(quarantine, QuarantineFixture)

BOOST_AUTO_TEST_CASE(the_cause_is_on_show_wherever_one_looks) {
  start();
  spoil("errand/p");
  BOOST_TEST(call("errand/q", note()).has_value());
  const auto refused = call("errand/p", note());
  BOOST_TEST((refused.error().code == ErrorCode::quarantined));
  BOOST_TEST(refused.error().detail.find("supervision resume errand/p") != std::string::npos);
  BOOST_TEST(node().get({"errand", "p"})->quarantined.find("Spoilt") != std::string::npos);
  BOOST_TEST(node().get({"errand", "q"})->quarantined == "");
  const auto part = shown("errand/p");
  BOOST_TEST((part.state == PartState::quarantined));
  BOOST_TEST(part.restarts == 6u);
  BOOST_TEST(part.last_error.find("Spoilt") != std::string::npos);
  BOOST_TEST(node().stats().entities_quarantined == 1u);
}

BOOST_AUTO_TEST_CASE(it_lasts_over_a_start_until_somebody_resumes_it) {
  start();
  spoil("errand/p");
  start_again();
  BOOST_TEST((call("errand/p", note()).error().code == ErrorCode::quarantined));
  BOOST_TEST(node().tree().resume("entities/errand/p").has_value());
  BOOST_TEST(call("errand/p", note())->sequence == 2u);
  BOOST_TEST((node().tree().resume("errand/p").error().code == ErrorCode::not_found));
  start_again();
  BOOST_TEST(call("errand/p", note())->sequence == 3u);
}

BOOST_AUTO_TEST_CASE(what_was_due_meanwhile_is_done_after_it) {
  auto receiver = std::make_shared<Receiver>(runtime::ReceiverClass::keyed);
  errand_pb::Reserve reserve;
  *reserve.mutable_until() = to_proto(clock->now() + std::chrono::hours(1));
  start();
  BOOST_REQUIRE(call("errand/due", reserve));
  BOOST_REQUIRE(call("errand/sent", errand_pb::Order()));
  options_kept = {{{"errand", "due"}, "a test", clock->now()},
                  {{"errand", "sent"}, "a test", clock->now()}};
  stop();
  options.quarantined = options_kept;
  start({receiver});
  clock->advance(std::chrono::hours(2));
  BOOST_REQUIRE(call("errand/other", note()));
  eventually([&] { return node().stats().deadlines_fired > 0; }, "the deadline has come");
  BOOST_TEST(status("errand/due") == "reserved");
  BOOST_REQUIRE(node().tree().resume("errand/due"));
  BOOST_REQUIRE(node().tree().resume("errand/sent"));
  eventually([&] { return status("errand/due") == "over"; }, "its deadline is kept");
  eventually([&] { return receiver->arrived() == 1; }, "its effect is done");
}

BOOST_AUTO_TEST_CASE(what_is_thrown_past_all_handlers_counts_as_well) {
  std::atomic<bool> throws = false;
  options.crash_point = [&](std::string_view point) {
    if (throws && point == "before_decide") throw 1;
  };
  start();
  BOOST_REQUIRE(call("errand/p", note()));
  throws = true;
  BOOST_TEST((call("errand/p", note()).error().code == ErrorCode::conflict));
  // One that comes while the actor still ends goes with it.
  eventually([&] { return call("errand/p", note()).error().code == ErrorCode::quarantined; },
             "it is shut");
  throws = false;
  BOOST_TEST(shown("errand/p").last_error.find("not an exception") != std::string::npos);
  BOOST_TEST(call("errand/q", note()).has_value());
  BOOST_REQUIRE(node().tree().resume("errand/p"));
  BOOST_TEST(call("errand/p", note())->sequence == 2u);
}

BOOST_AUTO_TEST_CASE(one_that_never_returns_is_named_and_the_process_begins_anew_without_it) {
  std::atomic<bool> stuck = false;
  std::string last_line;
  options.step_cpu_max = std::chrono::milliseconds(200);
  options.failed = [&](runtime::ProcessEnd end, const Error& error) {
    last_line = error.message();
    stuck = end == runtime::ProcessEnd::stuck;
  };
  start();
  BOOST_REQUIRE(call("errand/p", note()));
  node().submit(command("errand/p", errand_pb::Loop()), [](const auto&) {});
  eventually([&] { return stuck.load(); }, "the watchdog has seen it");
  BOOST_TEST(last_line.find("errand/p") != std::string::npos);
  BOOST_TEST(last_line.find("Loop") != std::string::npos);
  BOOST_TEST(call("errand/q", note()).has_value());
  BOOST_TEST(options_kept.size() == 1u);
  start_again();
  BOOST_TEST((call("errand/p", note()).error().code == ErrorCode::quarantined));
  BOOST_TEST(call("errand/q", note())->sequence == 2u);
  BOOST_TEST(node().tree().resume("errand/p").has_value());
  BOOST_TEST(call("errand/p", note())->sequence == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
