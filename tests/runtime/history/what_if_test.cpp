// The same history under another policy.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "messages/approval.pb.h"
#include "messages/effects.pb.h"
#include "messages/prices.pb.h"
#include "messages/usage.pb.h"
#include "tests/runtime/history/scribe.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;
using runtime::history::Policy;
using runtime::history::Sort;
namespace pb = nightshift::approval;
namespace usage_pb = nightshift::usage;

const std::string call_cost = "Recorded.call.micro_usd";

usage_pb::Record haiku(std::uint32_t output) {
  usage_pb::Record command;
  command.set_model("haiku-latest");
  command.set_output_tokens(output);
  return command;
}

usage_pb::Reserve reserve(const std::string& key, std::uint64_t micro_usd) {
  usage_pb::Reserve command;
  command.set_key(key);
  command.set_micro_usd(micro_usd);
  return command;
}

/// Four micro-dollars per token.
usage_pb::Settle settle(const std::string& key, std::uint32_t output) {
  usage_pb::Settle command;
  command.set_key(key);
  command.set_model("haiku");
  command.set_output_tokens(output);
  return command;
}

std::shared_ptr<usage_pb::SetBudget> budget(usage_pb::Window window, std::uint64_t micro_usd) {
  auto command = std::make_shared<usage_pb::SetBudget>();
  command->set_window(window);
  command->set_micro_usd(micro_usd);
  return command;
}

pb::Propose mail() {
  pb::Propose command;
  command.set_title("Reply to John Doe");
  command.set_category(pb::CATEGORY_EMAIL);
  command.set_body("Dear John,\n\nthe offer stands until Friday.\n");
  command.add_to("john@example.org");
  return command;
}

pb::Propose call() {
  pb::Propose command;
  command.set_title("Note the order");
  command.set_category(pb::CATEGORY_EMAIL);
  command.mutable_action()->mutable_webhook()->set_target("crm");
  command.mutable_action()->mutable_webhook()->set_payload("{}");
  return command;
}

/// Haiku for twice as much.
Policy dearer() {
  Policy policy;
  policy.apply = [](kernel::NodeFacts& facts) {
    const auto& then = facts.owners<PriceTable>();
    if (then.prices().empty() || then.prices(0).model() != "haiku") return;
    auto table = std::make_shared<PriceTable>(then);
    table->set_version("dearer");
    table->mutable_prices(0)->mutable_rates()->set_output_micro_usd(8'000'000);
    facts.data[PriceTable::descriptor()->full_name()] = table;
  };
  return policy;
}

Policy cheaper_day(std::uint64_t micro_usd) {
  Policy policy;
  policy.orders = {{{"usage", "m"}, budget(usage_pb::WINDOW_DAY, micro_usd)}};
  policy.overrules = [](const EntityRef& entity, const google::protobuf::Message& command) {
    return entity.id == "m" && dynamic_cast<const usage_pb::SetBudget*>(&command) != nullptr;
  };
  return policy;
}

Policy on_a_cloud_node() {
  Policy policy;
  policy.apply = [](kernel::NodeFacts& facts) {
    facts.role = "cloud";
    facts.executors.clear();
  };
  return policy;
}

Policy elsewhere(const std::string& url) {
  Policy policy;
  policy.apply = [url](kernel::NodeFacts& facts) {
    const auto found = facts.executors.find(effect::CallWebhook::descriptor()->full_name());
    if (found == facts.executors.end()) return;
    Canonical facts_then;
    facts_then.add("url", url);
    facts_then.add("class", "keyed");
    for (auto& [name, target] : found->second) target = facts_then;
  };
  policy.objection = [url](std::string_view, const Canonical& content) {
    return content.find("url") == url ? std::string() : "the address is another";
  };
  return policy;
}

struct Fixture : Scribe {
  void approve(const std::string& name, const std::string& approver) {
    const auto seen = view<pb::View>(name);
    pb::Approve command;
    command.set_digest(seen.digest());
    command.set_approver(approver);
    command.set_nonce(nonce(++nonces));
    command.set_signature(world.sign(approver, command.digest(), "approve", command.nonce(), ""));
    const auto before = std::exchange(world.caller, person(approver));
    must_ask(name, command);
    world.caller = before;
  }

  void set_budget(std::uint64_t micro_usd) {
    const auto before = std::exchange(world.caller, person("admin", {SCOPE_ADMIN}));
    must_ask("usage/m", *budget(usage_pb::WINDOW_DAY, micro_usd));
    world.caller = before;
  }

  unsigned nonces = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(what_if, Fixture)

// ---- prices

BOOST_AUTO_TEST_CASE(a_dearer_model_costs_exactly_what_its_price_says) {
  must_ask("usage/m", haiku(1000));
  must_ask("usage/m", haiku(1));
  usage_pb::Record other;
  other.set_model("opus");
  other.set_output_tokens(1000);
  must_ask("usage/n", other);
  const auto told = what_if(dearer());
  const auto& finding = told.finding("usage/m", Sort::changed, "Recorded");
  BOOST_TEST(finding.count == 2u);
  const auto cost =
      std::ranges::find(finding.changes, "call.micro_usd", &runtime::history::Change::path);
  BOOST_TEST_REQUIRE((cost != finding.changes.end()));
  BOOST_TEST(cost->was == "4000");
  BOOST_TEST(cost->would == "8000");
  const auto& amount = told.differences.at("usage/m").amounts.at(call_cost);
  BOOST_TEST(amount.was == 4004u);
  BOOST_TEST(amount.would == 8008u);
  BOOST_TEST(!told.differences.contains("usage/n"));
  BOOST_TEST(told.total.different == 1u);
  BOOST_TEST(told.total.amounts.at(call_cost).was == 4004u + 25'000u);
  BOOST_TEST(told.total.amounts.at(call_cost).would == 8008u + 25'000u);
}

BOOST_AUTO_TEST_CASE(what_came_before_the_moment_stays_as_it_was) {
  must_ask("usage/m", haiku(1000));
  world.now += 1h;
  const auto since = world.now;
  const auto from = offset() + 1;
  must_ask("usage/m", haiku(10));
  for (const runtime::Moment moment : {runtime::Moment(since), runtime::Moment(from)}) {
    const auto told = what_if(dearer(), moment);
    BOOST_TEST(told.finding("usage/m", Sort::changed, "Recorded").count == 1u);
    BOOST_TEST(told.total.amounts.at(call_cost).was == 40u);
    BOOST_TEST(told.total.decisions == 1u);
  }
  const auto later = what_if(dearer(), since + 1us);
  BOOST_TEST(later.differences.empty());
  BOOST_TEST(later.total.entities == 0u);
}

BOOST_AUTO_TEST_CASE(a_model_that_had_no_price_by_then_would_have_been_refused) {
  must_ask("usage/m", haiku(1000));
  auto policy = dearer();
  policy.apply = [dearer = policy.apply](kernel::NodeFacts& facts) {
    dearer(facts);
    auto table = std::make_shared<PriceTable>(facts.owners<PriceTable>());
    if (table->prices().empty()) return;
    *table->mutable_prices(0)->mutable_valid_from() =
        to_proto(*from_rfc3339("2030-01-01T00:00:00Z"));
    facts.data[PriceTable::descriptor()->full_name()] = table;
  };
  const auto told = what_if(policy);
  const auto& finding = told.finding("usage/m", Sort::refused, "Recorded");
  BOOST_TEST(finding.code == "invalid");
  BOOST_TEST(finding.detail.contains("2030-01-01"), finding.detail);
}

// ---- budgets

BOOST_AUTO_TEST_CASE(a_smaller_budget_refuses_what_has_no_room_and_what_rests_on_it) {
  set_budget(1'000'000);
  must_ask("usage/m", reserve("a", 600));
  must_ask("usage/m", settle("a", 150));
  world.now += 1min;
  must_ask("usage/m", reserve("b", 600));
  must_ask("usage/m", settle("b", 150));
  must_ask("usage/m", reserve("c", 400));
  must_ask("usage/m", settle("c", 100));
  const auto told = what_if(cheaper_day(1000));
  const auto& refused = told.finding("usage/m", Sort::refused, "Reserved");
  BOOST_TEST(refused.code == "over_budget");
  BOOST_TEST(refused.count == 1u);
  BOOST_TEST((refused.first == world.now));
  BOOST_TEST(refused.detail.contains("600 are spent"), refused.detail);
  const auto& follows = told.finding("usage/m", Sort::follows, "Settled");
  BOOST_TEST(follows.count == 1u);
  // What is not spent leaves room for what came after: only `b` goes.
  const auto& amount = told.differences.at("usage/m").amounts.at("Settled.call.micro_usd");
  BOOST_TEST(amount.was == 1600u);
  BOOST_TEST(amount.would == 1000u);
  BOOST_TEST(told.finding("usage/m", Sort::overruled, "BudgetSet").count == 1u);
  BOOST_TEST(told.total.untold == 0u);
}

BOOST_AUTO_TEST_CASE(a_budget_that_there_was_not_holds_from_the_meters_first_call_on) {
  must_ask("usage/m", reserve("a", 10));
  must_ask("usage/m", reserve("b", 10));
  must_ask("usage/n", reserve("a", 100));
  const auto told = what_if(cheaper_day(15));
  BOOST_TEST(told.finding("usage/m", Sort::refused, "Reserved").count == 1u);
  BOOST_TEST(!told.differences.contains("usage/n"));
}

BOOST_AUTO_TEST_CASE(dearer_calls_use_a_budget_up_sooner) {
  set_budget(1000);
  must_ask("usage/m", reserve("a", 500));
  must_ask("usage/m", settle("a", 100));
  must_ask("usage/m", reserve("b", 500));
  const auto told = what_if(dearer());
  BOOST_TEST(told.finding("usage/m", Sort::changed, "Settled").count == 1u);
  BOOST_TEST(told.finding("usage/m", Sort::refused, "Reserved").code == "over_budget");
}

BOOST_AUTO_TEST_CASE(a_budget_holds_for_each_day_anew) {
  set_budget(1'000'000);
  for (int day = 0; day < 3; ++day) {
    must_ask("usage/m", reserve("a" + std::to_string(day), 100));
    must_ask("usage/m", reserve("b" + std::to_string(day), 100));
    must_wait("usage/m");
    world.now += 24h;
  }
  const auto told = what_if(cheaper_day(150));
  BOOST_TEST(told.finding("usage/m", Sort::refused, "Reserved").count == 3u);
  BOOST_TEST(told.finding("usage/m", Sort::refused, "Reserved").places.size() == 3u);
}

BOOST_AUTO_TEST_CASE(in_another_zone_days_begin_at_another_time) {
  world.now = *from_rfc3339("2026-11-21T14:00:00Z");
  must_ask("usage/m", haiku(40));
  world.now = *from_rfc3339("2026-11-21T15:00:00Z");
  must_ask("usage/m", reserve("a", 100));
  auto policy = cheaper_day(150);
  BOOST_TEST(what_if(policy).finding("usage/m", Sort::refused, "Reserved").count == 1u);
  // There it is the next day.
  policy.zone = *runtime::Zone::find("Asia/Tokyo");
  BOOST_TEST(what_if(policy).differences.empty());
  policy.orders.clear();
  const auto there = what_if(policy);
  const auto& began = there.finding("usage/m", Sort::changed, "Recorded");
  BOOST_TEST(began.changes.front().path == "WindowBegan.begins");
  BOOST_TEST(began.changes.front().would == "2026-11-20T15:00:00Z");
}

// ---- approvals

BOOST_AUTO_TEST_CASE(a_node_that_only_drafts_would_have_taken_no_proposal) {
  must_ask("approval/a", mail());
  approve("approval/a", "alice");
  must_dispatch("approval/a");
  must_end("approval/a", EFFECT_STATE_COMMITTED);
  const auto told = what_if(on_a_cloud_node());
  const auto& refused = told.finding("approval/a", Sort::refused, "Proposed");
  BOOST_TEST(refused.code == "no_executor");
  BOOST_TEST(told.finding("approval/a", Sort::follows, "Approved").code == "not_found");
  BOOST_TEST(told.finding("approval/a", Sort::follows, "host.Dispatched").count == 1u);
  BOOST_TEST(told.total.untold == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_approved_before_would_not_have_been_sent_by_it) {
  must_ask("approval/a", mail());
  approve("approval/a", "alice");
  world.now += 1h;
  const auto since = world.now;
  must_dispatch("approval/a");
  must_end("approval/a", EFFECT_STATE_COMMITTED);
  const auto told = what_if(on_a_cloud_node(), since);
  const auto& kept = told.finding("approval/a", Sort::not_dispatched, "host.Dispatched");
  BOOST_TEST(kept.code == "no_executor");
  BOOST_TEST(kept.detail.contains("only drafts"), kept.detail);
  BOOST_TEST(what_if({}, since).differences.empty());
}

BOOST_AUTO_TEST_CASE(nobody_can_tell_whether_other_bytes_would_have_been_approved) {
  must_ask("approval/a", call());
  approve("approval/a", "alice");
  must_dispatch("approval/a");
  must_ask("approval/b", mail());
  const auto told = what_if(elsewhere("https://crm2.example.org/"));
  const auto& changed = told.finding("approval/a", Sort::changed, "Proposed");
  const auto url =
      std::ranges::find(changed.changes, "proposal.content.url", &runtime::history::Change::path);
  BOOST_TEST_REQUIRE((url != changed.changes.end()));
  BOOST_TEST(url->was == "https://crm.example.org/hooks");
  BOOST_TEST(url->would == "https://crm2.example.org/");
  const auto& untold = told.finding("approval/a", Sort::untold, "Approved");
  BOOST_TEST(untold.detail.contains("nobody knows"), untold.detail);
  BOOST_TEST(told.total.untold == 1u);
  BOOST_TEST(!told.differences.contains("approval/b"));
}

BOOST_AUTO_TEST_CASE(content_that_was_approved_before_does_not_go_to_another_address) {
  must_ask("approval/a", call());
  approve("approval/a", "alice");
  const auto from = offset() + 1;
  must_dispatch("approval/a");
  const auto told = what_if(elsewhere("https://crm2.example.org/"), from);
  const auto& kept = told.finding("approval/a", Sort::not_dispatched, "host.Dispatched");
  BOOST_TEST(kept.detail == "the address is another");
}

BOOST_AUTO_TEST_CASE(a_kind_that_does_not_say_what_it_was_asked_is_named) {
  const auto told = what_if(dearer());
  const auto& silent = told.total.passed_over;
  BOOST_TEST(std::ranges::count(silent, "draft") == 1);
  BOOST_TEST(std::ranges::count(silent, "approval") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
