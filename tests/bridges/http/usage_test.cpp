// Sums over all meters: against a naive model in several zones, and what a question may ask.
#include <ctime>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "actors/all.hpp"
#include "bridges/http/usage_sums.hpp"
#include "messages/usage.pb.h"
#include "tests/bridges/http/served.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/world.hpp"

namespace nightshift::tests {
namespace {

using bridges::http::Grouping;
using bridges::http::UsageCall;
using bridges::http::UsageCalls;
using nlohmann::json;
using runtime::Zone;

constexpr kernel::Span always{Time::min(), Time::max()};

std::unique_ptr<runtime::Catalog> product() {
  auto catalog = std::make_unique<runtime::Catalog>();
  actors::register_all(*catalog);
  return catalog;
}

/// `tokens` that `haiku` writes cost four micro-dollars each.
void count(FakeNode& node, const std::string& agent, const std::string& model,
           const std::string& task_type, std::uint32_t tokens, Time at) {
  auto record = std::make_shared<usage::Record>();
  record->set_model(model);
  record->set_output_tokens(tokens);
  record->set_task_type(task_type);
  *record->mutable_at() = to_proto(at);
  runtime::Command command;
  command.entity = {"usage", agent};
  command.body = record;
  command.caller = person("alice");
  command.key_is_fresh = true;
  node.submit(std::move(command), [](const Result<runtime::Answer>& answer) {
    BOOST_TEST(answer.has_value(), (answer ? "" : answer.error().detail));
  });
}

std::map<std::string, std::uint64_t> sums(UsageCalls& calls, std::string_view by, const Zone& zone,
                                          const kernel::Span& span = always) {
  const auto grouping = Grouping::make(by, zone);
  BOOST_TEST_REQUIRE(
      calls.visit(span, [&](const auto& call, const auto& names) { grouping->add(call, names); })
          .has_value());
  std::map<std::string, std::uint64_t> result;
  const auto groups = grouping->groups();
  BOOST_TEST_REQUIRE(groups.has_value());
  for (const auto& group : *groups) result[group.key] = group.sum.micro_usd;
  return result;
}

/// What a clock on the wall of this zone shows: by the C library, which knows nothing of ours.
std::tm on_the_wall(const char* zone, Time time) {
  setenv("TZ", zone, 1);
  tzset();
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm shown{};
  localtime_r(&seconds, &shown);
  unsetenv("TZ");
  tzset();
  return shown;
}

std::string date_of(const std::tm& shown) {
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &shown);
  return text.data();
}

/// The Monday on or before that day.
std::string monday_of(std::tm shown) {
  shown.tm_mday -= (shown.tm_wday + 6) % 7;
  shown.tm_hour = 12;
  shown.tm_isdst = -1;
  setenv("TZ", "UTC", 1);
  tzset();
  std::mktime(&shown);
  return date_of(shown);
}

struct Counted {
  std::string agent, model, task_type;
  std::uint64_t micro_usd;
  Time at;
};

std::string naive_key(const Counted& call, std::string_view by, const char* zone) {
  if (by == "agent") return call.agent;
  if (by == "model") return call.model;
  if (by == "task_type") return call.task_type;
  const auto shown = on_the_wall(zone, call.at);
  if (by == "week") return monday_of(shown);
  return date_of(shown).substr(0, by == "month" ? 7 : 10);
}

/// Calls around the days on which clocks change, most of them near midnight.
std::vector<Counted> random_history(FakeNode& node, Dice& dice) {
  std::vector<Counted> history;
  for (int i = 0; i < 250; ++i) {
    const auto day = *from_rfc3339(dice.pick<std::string>(
        {"2026-03-08T00:00:00Z", "2026-03-29T00:00:00Z", "2026-04-05T00:00:00Z",
         "2026-04-24T00:00:00Z", "2026-10-25T00:00:00Z", "2026-11-01T00:00:00Z"}));
    const auto at = day + std::chrono::minutes(dice.roll(72 * 60)) - std::chrono::hours(24) +
                    std::chrono::microseconds(dice.roll(60'000'000));
    const auto tokens = static_cast<std::uint32_t>(dice.roll(1000));
    Counted call{.agent = "agent" + std::to_string(dice.roll(4)),
                 .model = dice.pick<std::string>({"haiku", "opus"}),
                 .task_type = dice.pick<std::string>({"", "email_draft", "ceo_briefing"}),
                 .micro_usd = 0,
                 .at = at};
    const bool dear = at >= *from_rfc3339("2026-11-01T00:00:00Z");
    call.micro_usd = tokens * (call.model == "haiku" ? 4u : dear ? 25u : 15u);
    count(node, call.agent, call.model + (dice.chance(30) ? "-latest" : ""), call.task_type, tokens,
          at);
    history.push_back(call);
  }
  return history;
}

struct Meters : Served {
  Meters() : Served({}, product()) { node.data = World().node.data; }

  void add(const std::string& agent, std::uint32_t tokens, const char* at) {
    count(node, agent, "haiku", "email_draft", tokens, *from_rfc3339(at));
  }
  json read(const std::string& query) { return json::parse(get("/v1/usage/sums" + query).body); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(usage_sums)

BOOST_AUTO_TEST_CASE(sums_are_those_of_a_naive_model_in_every_zone) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Dice dice(seed);
    FakeNode node(product());
    node.data = World().node.data;
    // Some calls are kept in memory, or few, or next to none.
    UsageCalls calls(node, seed == 1 ? 1 : seed * 100);
    const auto history = random_history(node, dice);
    for (const auto* zone : {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                             "Asia/Kathmandu", "Africa/Cairo", "Pacific/Apia"}) {
      const auto from = *from_rfc3339("2026-03-29T01:30:00Z");
      const auto span = dice.chance(50) ? always : kernel::Span{from, from + std::chrono::days(30)};
      for (const auto by : Grouping::words()) {
        std::map<std::string, std::uint64_t> naive;
        for (const auto& call : history) {
          if (span.contains(call.at)) naive[naive_key(call, by, zone)] += call.micro_usd;
        }
        BOOST_TEST((sums(calls, by, *Zone::find(zone), span) == naive),
                   "seed " << seed << ", " << zone << " by " << by);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(calls_that_come_later_are_added_and_late_ones_too) {
  FakeNode node(product());
  node.data = World().node.data;
  UsageCalls calls(node, 4);
  std::map<std::string, std::uint64_t> expected;
  for (std::uint32_t i = 1; i <= 20; ++i) {
    const auto at = *from_rfc3339("2026-11-20T12:00:00Z") - std::chrono::days(i % 7);
    count(node, "a", "haiku", "", i, at);
    expected[to_rfc3339(at).substr(0, 10)] += i * 4;
    BOOST_TEST((sums(calls, "day", Zone()) == expected), i);
    const auto newest = *from_rfc3339("2026-11-20T00:00:00Z");
    BOOST_TEST(sums(calls, "day", Zone(), {newest, Time::max()})["2026-11-20"] ==
               std::map(expected)["2026-11-20"]);
  }
}

BOOST_FIXTURE_TEST_CASE(a_day_is_that_of_the_zone_and_to_is_not_part_of_it, Meters) {
  add("mail", 100, "2026-10-24T22:00:00Z");
  add("mail", 10, "2026-10-25T22:59:59.999999Z");
  add("post", 1, "2026-10-25T23:00:00Z");
  const auto day = read("?by=day&from=2026-10-25&to=2026-10-26&tz=Europe/Berlin");
  BOOST_TEST_REQUIRE(day["items"].size() == 1u);
  const auto& item = day["items"][0];
  BOOST_TEST(item["day"] == "2026-10-25");
  BOOST_TEST(item["begins"] == "2026-10-24T22:00:00Z");
  BOOST_TEST(item["ends"] == "2026-10-25T23:00:00Z");
  BOOST_TEST(item["calls"] == 2);
  BOOST_TEST(item["output_tokens"] == 110);
  BOOST_TEST(item["cost_micro_usd"] == 440);
  BOOST_TEST(day["total"]["cost_micro_usd"] == 440);
  BOOST_TEST(day["tz"] == "Europe/Berlin");
  const auto agents = read("?by=agent");
  BOOST_TEST_REQUIRE(agents["items"].size() == 2u);
  BOOST_TEST(agents["items"][1]["agent"] == "post");
  BOOST_TEST(agents["items"][1]["cost_micro_usd"] == 4);
  BOOST_TEST(read("")["items"][0]["day"] == "2026-10-24");
  BOOST_TEST(read("?by=week&tz=Europe/Berlin")["items"][0]["week"] == "2026-10-19");
  BOOST_TEST(read("?by=month")["items"][0]["month"] == "2026-10");
  BOOST_TEST(read("?by=model")["items"][0]["model"] == "haiku");
  BOOST_TEST(read("?by=task_type")["items"][0]["task_type"] == "email_draft");
  BOOST_TEST(read("?from=2026-10-25T23:00:00Z")["total"]["calls"] == 1);
}

BOOST_FIXTURE_TEST_CASE(no_calls_are_no_items, Meters) {
  const auto none = read("?by=agent");
  BOOST_TEST(none["items"].empty());
  BOOST_TEST(none["total"]["calls"] == 0);
}

BOOST_FIXTURE_TEST_CASE(a_bad_question_is_refused_with_its_parameter, Meters) {
  for (const auto& [query, word] : std::map<std::string, std::string>{
           {"?by=hour", "did you mean"},
           {"?tz=Europe/Berlim", "Europe/Berlin"},
           {"?from=yesterday", "2026-11-21"},
           {"?to=2026-02-30", "2026-11-21"},
           {"?from=2026-02-02&to=2026-02-02", "not part of them"},
           {"?group=day", "no parameter"},
       }) {
    const auto answer = get("/v1/usage/sums" + query);
    BOOST_TEST(answer.status == 400, query);
    BOOST_TEST(answer.body.contains(word), query << ": " << answer.body);
  }
  BOOST_TEST(get("/v1/usage/sums", "propose-token").member("code") == "forbidden");
  BOOST_TEST(post("/v1/usage/sums", "{}").member("code") == "method_not_allowed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
