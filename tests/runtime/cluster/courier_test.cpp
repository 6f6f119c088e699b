// Commands and Tells between nodes that part, end and meet again: decided once, in order.
#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "messages/approval.pb.h"
#include "messages/draft.pb.h"
#include "messages/usage.pb.h"
#include "tests/runtime/cluster/village.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;

std::shared_ptr<draft::Write> letter(const std::string& words) {
  auto write = std::make_shared<draft::Write>();
  write->set_channel(CHANNEL_LINKEDIN);
  write->set_body(words);
  return write;
}

/// Accepted as often as it comes, each with an event of its own.
std::shared_ptr<usage::Record> call(std::uint32_t tokens) {
  auto record = std::make_shared<usage::Record>();
  record->set_model("claude-opus-4.5");
  record->set_input_tokens(tokens);
  return record;
}

std::shared_ptr<approval::Reject> no(const std::string& reason) {
  auto reject = std::make_shared<approval::Reject>();
  reject->set_reason(reason);
  return reject;
}

/// The calls that a meter has counted, in their order: the tokens of each.
std::vector<std::uint32_t> counted(Villager& at, const std::string& meter = "meter") {
  std::vector<std::uint32_t> all;
  for (const auto& event : must(at.node().events({"usage", meter}, 0, 10'000))) {
    if (event.record.type() != "Recorded") continue;
    all.push_back(static_cast<const usage::Recorded&>(*event.event).call().tokens().input());
  }
  return all;
}

/// A cloud node whose approvals are the laptop's, and a laptop that keeps the cloud's meters.
struct Couple {
  Villager laptop{"laptop", "local", {{"usage", "cloud"}}};
  Villager cloud{"cloud", "cloud", {{"approval", "local"}}};
  Line line{laptop, cloud};
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_command_is_decided_at_its_home_and_answered_where_it_was_given) {
  Couple couple;
  couple.line.up();
  const auto answer = couple.laptop.send({"usage", "meter"}, call(7))->answer();
  BOOST_TEST(answer.status == couple.cloud.status({"usage", "meter"}));
  BOOST_TEST(answer.sequence == couple.cloud.sequence({"usage", "meter"}));
  BOOST_TEST(answer.created);
  BOOST_TEST_REQUIRE(answer.view != nullptr);
  BOOST_TEST(answer.position.log_id == couple.cloud.node().identity().log_id());
  BOOST_TEST(couple.laptop.status({"usage", "meter"}).empty());
  const auto events = couple.cloud.node().events({"usage", "meter"}, 0, 10);
  BOOST_TEST_REQUIRE((events && !events->empty()));
  BOOST_TEST(events->front().record.principal() == "admin@laptop");
}

BOOST_AUTO_TEST_CASE(what_the_home_refuses_is_refused_here) {
  Couple couple;
  couple.line.up();
  auto settle = std::make_shared<usage::Settle>();
  settle->set_key("never reserved");
  settle->set_model("claude-sonnet-4.5");
  const auto came = couple.laptop.send({"usage", "meter"}, settle);
  const auto refused = came->refused();
  BOOST_TEST(info(refused).http_status >= 400);
  const auto answered = couple.laptop.courier().answered("cloud");
  BOOST_TEST_REQUIRE((answered && answered->size() == 1));
  BOOST_TEST(answered->front().outcome().code() == info(refused).name);
}

BOOST_AUTO_TEST_CASE(commands_wait_for_their_home_over_restarts_and_are_decided_in_order) {
  Couple couple;
  for (std::uint32_t i = 1; i <= 20; ++i) {
    BOOST_TEST(couple.laptop.send({"usage", "meter"}, call(i))->waits());
  }
  couple.laptop.stop();
  couple.laptop.start();
  BOOST_TEST(couple.laptop.courier().waiting("cloud", 100)->size() == 20U);
  couple.line.up();
  couple.laptop.send({"usage", "meter"}, call(21))->answer();
  const auto calls = counted(couple.cloud);
  BOOST_TEST_REQUIRE(calls.size() == 21U);
  for (std::uint32_t i = 0; i < 21; ++i) BOOST_TEST(calls[i] == i + 1);
  eventually([&] { return couple.laptop.courier().waiting("cloud", 1)->empty(); }, "all drained");
  BOOST_TEST(couple.laptop.courier().answered("cloud")->size() == 21U);
}

BOOST_AUTO_TEST_CASE(what_is_asked_twice_by_one_key_is_done_once) {
  Couple couple;
  couple.line.up();
  const auto first = couple.laptop.send({"usage", "meter"}, call(5), "key-1")->answer();
  const auto again = couple.laptop.send({"usage", "meter"}, call(5), "key-1")->answer();
  BOOST_TEST(first.sequence == again.sequence);
  BOOST_TEST(counted(couple.cloud).size() == 1U);
  BOOST_TEST((couple.laptop.send({"usage", "meter"}, call(6), "key-1")->refused() ==
              ErrorCode::key_reused));
}

BOOST_AUTO_TEST_CASE(a_full_outbox_says_so) {
  Villager laptop("laptop", "local", {{"usage", "cloud"}}, 3);
  for (int i = 0; i < 3; ++i) BOOST_TEST(laptop.send({"usage", "meter"}, call(1))->waits());
  BOOST_TEST((laptop.send({"usage", "meter"}, call(1))->refused() == ErrorCode::overloaded));
  Villager cloud("cloud", "cloud", {});
  Line line(laptop, cloud);
  line.up();
  eventually([&] { return laptop.courier().waiting("cloud", 1)->empty(); }, "it drained");
  laptop.send({"usage", "meter"}, call(1))->answer();
  BOOST_TEST(counted(cloud).size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_draft_of_the_cloud_is_decided_at_the_laptop) {
  Couple couple;
  couple.cloud.send({"draft", "offer"}, letter("Dear Bob"))->answer();
  BOOST_TEST(couple.laptop.status({"approval", "offer"}).empty());
  couple.line.up();
  eventually([&] { return couple.laptop.status({"approval", "offer"}) == "pending"; },
             "it was proposed at the laptop");
  BOOST_TEST(couple.cloud.status({"approval", "offer"}).empty());
  couple.line.down();
  couple.laptop.send({"approval", "offer"}, no("not today"))->answer();
  BOOST_TEST(couple.cloud.status({"draft", "offer"}) == "proposed");
  couple.line.up();
  eventually([&] { return couple.cloud.status({"draft", "offer"}) == "rejected"; },
             "the draft heard of it");
}

BOOST_AUTO_TEST_CASE(a_cloud_node_that_knows_no_local_one_keeps_its_drafts) {
  Villager cloud("cloud", "cloud", {{"approval", "local"}});
  cloud.send({"draft", "offer"}, letter("Dear Bob"))->answer();
  BOOST_TEST(
      (cloud.send({"approval", "other"}, std::make_shared<approval::Withdraw>())->refused() ==
       ErrorCode::unreachable));
  Villager laptop("laptop", "local", {});
  Line line(laptop, cloud);
  line.up();
  eventually([&] { return laptop.status({"approval", "offer"}) == "pending"; }, "it was proposed");
}

BOOST_AUTO_TEST_CASE(however_often_they_part_and_end_nothing_is_lost_and_nothing_done_twice) {
  const std::uint64_t seed = std::random_device{}();
  BOOST_TEST_CONTEXT("seed " << seed) {
    Dice dice(seed);
    Couple couple;
    constexpr std::uint32_t commands = 120;
    std::uint32_t drafts = 0;
    std::vector<std::shared_ptr<Came>> given;
    const auto key_of = [](std::uint32_t i) { return "key-" + std::to_string(i); };
    for (std::uint32_t i = 1; i <= commands; ++i) {
      switch (dice.roll(12)) {
        case 0: couple.line.up(); break;
        case 1: couple.line.down(); break;
        case 2:
          couple.line.down();
          couple.laptop.stop();
          couple.laptop.start();
          couple.line.up();
          break;
        case 3:
          couple.line.down();
          couple.cloud.stop();
          couple.cloud.start();
          couple.line.up();
          break;
        default: break;
      }
      given.push_back(couple.laptop.send({"usage", "meter"}, call(i), key_of(i)));
      if (i % 10 == 0) {
        ++drafts;
        couple.cloud.send({"draft", "d" + std::to_string(drafts)}, letter("hello"))->answer();
      }
    }
    // Who was told that the node stops asks again by the same key.
    couple.line.down();
    for (std::uint32_t i = 1; i <= commands; ++i) {
      if (!given[i - 1]->failed()) continue;
      BOOST_TEST(couple.laptop.send({"usage", "meter"}, call(i), key_of(i))->waits());
    }
    couple.line.up();
    eventually([&] { return couple.laptop.courier().waiting("cloud", 1)->empty(); },
               "the outbox drained");
    for (std::uint32_t i = 1; i <= drafts; ++i) {
      const EntityRef approval{"approval", "d" + std::to_string(i)};
      eventually([&] { return couple.laptop.status(approval) == "pending"; },
                 to_string(approval) + " was proposed");
    }
    auto calls = counted(couple.cloud);
    std::ranges::sort(calls);
    BOOST_TEST_REQUIRE(calls.size() == commands);
    for (std::uint32_t i = 0; i < commands; ++i) BOOST_TEST(calls[i] == i + 1);
    for (std::uint32_t i = 1; i <= drafts; ++i) {
      BOOST_TEST(couple.laptop.sequence({"approval", "d" + std::to_string(i)}) == 1U);
    }
    BOOST_TEST(couple.laptop.courier().offences().empty());
    BOOST_TEST(couple.cloud.courier().offences().empty());
  }
}
