// What a meter counts: prices, rounding, windows.
#include <boost/test/unit_test.hpp>

#include "actors/usage/prices.hpp"
#include "messages/price_bounds.hpp"
#include "tests/actors/usage_fixture.hpp"

namespace nightshift::tests {
namespace {

using namespace usage_pb;
using usage_pb::Record;
using namespace std::chrono_literals;

Time at(const char* text) { return *from_rfc3339(text); }

Call counted(const Story& story) {
  const auto* event = dynamic_cast<const Recorded*>(story.events().back().get());
  BOOST_TEST_REQUIRE(event != nullptr);
  return event->call();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(usage_counts, UsageFixture)

BOOST_AUTO_TEST_CASE(a_call_costs_what_the_table_says_of_each_class) {
  Record command;
  command.set_model("opus-latest");
  command.set_input_tokens(1200);
  command.set_output_tokens(350);
  command.set_cache_read_tokens(10'000);
  command.set_cache_write_tokens(100);
  command.set_task_type("email_draft");
  story.when(command).then_accepted();
  const auto call = counted(story);
  BOOST_TEST(call.model() == "opus");
  BOOST_TEST(call.micro_usd() == 1200u * 5 + 350 * 25 + 5000 + 625);
  BOOST_TEST(call.task_type() == "email_draft");
  BOOST_TEST(call.price().table() == "0123456789ab");
  BOOST_TEST(call.price().rates().output_micro_usd() == 25'000'000u);
  BOOST_TEST((from_proto(call.at()) == story.world.now));
  BOOST_TEST(view().total_micro_usd() == call.micro_usd());
  BOOST_TEST(view().last().micro_usd() == call.micro_usd());
  BOOST_TEST(view().last().model() == "opus");
}

BOOST_AUTO_TEST_CASE(a_late_record_costs_what_was_valid_when_the_call_was_made) {
  Record command;
  command.set_model("opus");
  command.set_input_tokens(1'000'000);
  *command.mutable_at() = to_proto(at("2026-10-31T23:59:59.999999Z"));
  story.when(command).then_accepted();
  BOOST_TEST(counted(story).micro_usd() == 3'000'000u);
  BOOST_TEST(counted(story).windows_size() == 0);
  BOOST_TEST(view().total_micro_usd() == 3'000'000u);
  BOOST_TEST(spent(WINDOW_MONTH) == 0u);
  *command.mutable_at() = to_proto(at("2026-11-01T00:00:00Z"));
  story.when(command).then_accepted();
  BOOST_TEST(counted(story).micro_usd() == 5'000'000u);
  BOOST_TEST(spent(WINDOW_MONTH) == 5'000'000u);
  BOOST_TEST(spent(WINDOW_WEEK) == 0u);
  *command.mutable_at() = to_proto(at("2025-12-31T23:59:59Z"));
  story.when(command).then(ErrorCode::invalid, "model");
}

BOOST_AUTO_TEST_CASE(a_call_is_counted_when_it_was_made_and_not_before) {
  auto command = haiku(1);
  *command.mutable_at() = to_proto(story.world.now + 5min + 1us);
  story.when(command).then(ErrorCode::invalid, "at");
  *command.mutable_at() = to_proto(story.world.now + 5min);
  story.when(command).then_accepted();
  BOOST_TEST((from_proto(counted(story).at()) == story.world.now));
}

BOOST_AUTO_TEST_CASE(an_unknown_model_is_refused_and_the_nearest_is_named) {
  auto command = haiku(1);
  command.set_model("hiku");
  story.when(command).then(ErrorCode::invalid, "model");
  BOOST_TEST(story.error().detail.find("'haiku'") != std::string::npos, story.error().detail);
  story.world.node.data.clear();
  story.when(command).then(ErrorCode::invalid, "model");
}

BOOST_AUTO_TEST_CASE(fractions_are_rounded_up_once_per_call) {
  struct Row {
    std::uint32_t input, output, read, write;
    std::uint64_t micro_usd;
  };
  // 0.8, 4, 0.08 and 1 micro-dollar per token.
  Rates rates;
  rates.set_input_micro_usd(800'000);
  rates.set_output_micro_usd(4'000'000);
  rates.set_cache_read_micro_usd(80'000);
  rates.set_cache_write_micro_usd(1'000'000);
  for (const auto& [input, output, read, write, micro_usd] : std::vector<Row>{
           {0, 0, 0, 0, 0},
           {1, 0, 0, 0, 1},
           {5, 0, 0, 0, 4},
           {0, 0, 1, 0, 1},
           {0, 0, 25, 0, 2},
           {0, 0, 26, 0, 3},
           {1, 1, 1, 1, 6},
           {6, 0, 15, 0, 6},
       }) {
    Tokens tokens;
    tokens.set_input(input);
    tokens.set_output(output);
    tokens.set_cache_read(read);
    tokens.set_cache_write(write);
    BOOST_TEST(actors::cost_micro_usd(tokens, rates) == micro_usd);
  }
}

BOOST_AUTO_TEST_CASE(the_largest_counts_at_the_largest_rates_are_exact) {
  Tokens tokens;
  tokens.set_input(UINT32_MAX);
  tokens.set_output(UINT32_MAX);
  tokens.set_cache_read(UINT32_MAX);
  tokens.set_cache_write(UINT32_MAX);
  Rates rates;
  rates.set_input_micro_usd(rate_micro_usd_max);
  rates.set_output_micro_usd(rate_micro_usd_max);
  rates.set_cache_read_micro_usd(rate_micro_usd_max);
  rates.set_cache_write_micro_usd(rate_micro_usd_max);
  BOOST_TEST(actors::cost_micro_usd(tokens, rates) == 4ull * UINT32_MAX * 1000);
}

BOOST_AUTO_TEST_CASE(a_call_of_nothing_is_counted_as_a_call) {
  story.when(haiku(0)).then_accepted();
  BOOST_TEST(view().calls() == 1u);
  BOOST_TEST(view().total_micro_usd() == 0u);
}

BOOST_AUTO_TEST_CASE(a_meter_that_is_full_takes_no_more) {
  auto& table = story.world.node.data.at(PriceTable::descriptor()->full_name());
  auto dear = std::make_shared<PriceTable>(static_cast<const PriceTable&>(*table));
  for (auto& price : *dear->mutable_prices()) {
    price.mutable_rates()->set_output_micro_usd(rate_micro_usd_max);
  }
  table = dear;
  Recorded event;
  event.mutable_call()->set_micro_usd(actors::Usage::total_micro_usd_max - 1000);
  story.when(haiku(0)).then_accepted();
  story.given(event);
  story.when(haiku(2)).then(ErrorCode::invalid);
  story.when(haiku(1)).then_accepted();
  BOOST_TEST(view().total_micro_usd() == actors::Usage::total_micro_usd_max);
  story.when(haiku(0)).then_accepted();
  story.when(haiku(1)).then(ErrorCode::invalid);
}

BOOST_AUTO_TEST_CASE(no_meter_has_the_name_of_the_route_of_the_sums) {
  story.world.id = "sums";
  story.when(haiku(1)).then(ErrorCode::invalid, "id");
  story.when(reserve("k", 1)).then(ErrorCode::invalid, "id");
  story.world.caller = person("admin", {SCOPE_ADMIN});
  story.when(budget(WINDOW_DAY, 1)).then(ErrorCode::invalid, "id");
}

// ---- windows

BOOST_AUTO_TEST_CASE(what_was_spent_counts_until_its_day_week_and_month_are_over) {
  // A Saturday in Berlin, where days begin an hour before those of UTC.
  story.world.zone = *runtime::Zone::find("Europe/Berlin");
  story.world.now = at("2026-11-21T22:59:59Z");
  story.when(haiku(10)).then_accepted();
  const auto stand = [this] {
    return std::tuple{spent(WINDOW_DAY), spent(WINDOW_WEEK), spent(WINDOW_MONTH)};
  };
  BOOST_TEST((stand() == std::tuple{40u, 40u, 40u}));
  BOOST_TEST((from_proto(window(WINDOW_DAY).ends()) == at("2026-11-21T23:00:00Z")));
  BOOST_TEST((from_proto(window(WINDOW_WEEK).begins()) == at("2026-11-15T23:00:00Z")));
  BOOST_TEST((from_proto(window(WINDOW_MONTH).begins()) == at("2026-10-31T23:00:00Z")));
  story.world.now = at("2026-11-21T23:00:00Z");
  story.when(haiku(1)).then_accepted();
  BOOST_TEST((stand() == std::tuple{4u, 44u, 44u}));
  story.world.now = at("2026-11-23T07:00:00Z");
  story.when(haiku(1)).then_accepted();
  BOOST_TEST((stand() == std::tuple{4u, 4u, 48u}));
  story.world.now = at("2026-11-30T23:00:00Z");
  story.when(haiku(1)).then_accepted();
  BOOST_TEST((stand() == std::tuple{4u, 4u, 4u}));
  BOOST_TEST(view().total_micro_usd() == 52u);
}

BOOST_AUTO_TEST_CASE(a_window_ends_as_it_was_to_when_the_zone_of_the_node_changes) {
  story.world.now = at("2026-11-21T07:00:00Z");
  story.when(haiku(10)).then_accepted();
  story.world.zone = *runtime::Zone::find("Asia/Tokyo");
  story.world.now = at("2026-11-21T23:59:59Z");
  story.when(haiku(1)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 44u);
  // Tokyo's day began at 15:00 UTC; what was counted in the one before is not counted twice.
  story.world.now = at("2026-11-22T00:00:00Z");
  story.when(haiku(1)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 4u);
  BOOST_TEST((from_proto(window(WINDOW_DAY).begins()) == at("2026-11-22T00:00:00Z")));
  BOOST_TEST((from_proto(window(WINDOW_DAY).ends()) == at("2026-11-22T15:00:00Z")));
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_opens_no_room) {
  story.world.caller = person("admin", {SCOPE_ADMIN});
  story.when(budget(WINDOW_DAY, 100)).then_accepted();
  story.when(haiku(25)).then_accepted();
  story.world.now -= 20h;
  story.when(reserve("k", 1)).then(ErrorCode::over_budget);
  story.when(haiku(1)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 104u);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_years_ahead_shuts_nobody_out_for_years) {
  story.world.caller = person("admin", {SCOPE_ADMIN});
  story.when(budget(WINDOW_DAY, 100)).then_accepted();
  const auto today = story.world.now;
  story.world.now += std::chrono::years(10);
  story.when(haiku(20)).then_accepted();
  story.world.now = today;
  story.when(reserve("k", 21)).then(ErrorCode::over_budget);
  story.when(reserve("k", 20)).then_accepted();
  BOOST_TEST((from_proto(window(WINDOW_DAY).begins()) == at("2026-11-21T00:00:00Z")));
  story.world.now += 24h;
  story.when(reserve("k2", 100)).then_accepted();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
