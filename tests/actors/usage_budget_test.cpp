// Budgets as reservations: what may be held, what is counted, which keys are repeats.
#include <boost/test/unit_test.hpp>
#include <map>

#include "tests/actors/usage_fixture.hpp"
#include "tests/support/dice.hpp"

namespace nightshift::tests {
namespace {

using namespace usage_pb;
using namespace std::chrono_literals;

struct Fixture : UsageFixture {
  Fixture() {
    story.world.caller = person("admin", {SCOPE_ADMIN});
    story.when(budget(WINDOW_DAY, 1000)).then_accepted();
    story.world.caller = person("alice");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(usage_budgets, Fixture)

BOOST_AUTO_TEST_CASE(what_is_held_and_what_is_spent_is_left_to_nobody_else) {
  story.when(reserve("a", 600)).then_accepted();
  BOOST_TEST(left(WINDOW_DAY) == 400u);
  story.when(reserve("b", 401)).then(ErrorCode::over_budget, "usage/x1");
  story.when(reserve("b", 400)).then_accepted();
  story.when(reserve("c", 1)).then(ErrorCode::over_budget);
  story.when(settle("a", 100)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 400u);
  BOOST_TEST(left(WINDOW_DAY) == 200u);
  story.when(release("b")).then_accepted();
  BOOST_TEST(left(WINDOW_DAY) == 600u);
  BOOST_TEST(view().held_micro_usd() == 0u);
  BOOST_TEST(story.entity().pending().deadlines.empty());
}

BOOST_AUTO_TEST_CASE(every_window_with_a_budget_must_have_room) {
  story.world.caller = person("admin", {SCOPE_ADMIN});
  story.when(budget(WINDOW_MONTH, 500)).then_accepted();
  story.when(reserve("a", 501)).then(ErrorCode::over_budget);
  LiftBudget lift;
  lift.set_window(WINDOW_MONTH);
  story.when(lift).then_accepted();
  story.when(lift).then();
  story.when(reserve("a", 501)).then_accepted();
}

BOOST_AUTO_TEST_CASE(a_budget_that_is_set_again_as_it_is_is_no_event) {
  story.world.caller = person("admin", {SCOPE_ADMIN});
  story.when(budget(WINDOW_DAY, 1000)).then();
  story.when(budget(WINDOW_DAY, 999)).then_accepted();
  BOOST_TEST(story.events().size() == 1u);
  story.when(budget(WINDOW_UNSPECIFIED, 1)).then(ErrorCode::invalid, "window");
}

BOOST_AUTO_TEST_CASE(a_budget_of_nothing_lets_nothing_be_reserved) {
  story.world.caller = person("admin", {SCOPE_ADMIN});
  story.when(budget(WINDOW_DAY, 0)).then_accepted();
  story.when(reserve("a", 1)).then(ErrorCode::over_budget);
}

BOOST_AUTO_TEST_CASE(what_was_spent_is_counted_in_full_whatever_was_held) {
  story.when(reserve("a", 100)).then_accepted();
  story.when(settle("a", 300)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 1200u);
  BOOST_TEST(left(WINDOW_DAY) == 0u);
  story.when(reserve("b", 1)).then(ErrorCode::over_budget);
  story.when(haiku(1)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 1204u);
}

BOOST_AUTO_TEST_CASE(room_is_given_back_when_its_time_is_over_and_a_late_settlement_still_counts) {
  auto command = reserve("a", 1000);
  command.set_ttl_s(60);
  story.when(command).then_accepted();
  story.world.now += 60s - 1us;
  story.when(reserve("b", 1)).then(ErrorCode::over_budget);
  expire();
  BOOST_TEST(left(WINDOW_DAY) == 1000u);
  story.when(reserve("b", 1000)).then_accepted();
  story.when(settle("a", 250)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 1000u);
  story.when(reserve("c", 1)).then(ErrorCode::over_budget);
  story.when(settle("b", 250)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 2000u);
}

BOOST_AUTO_TEST_CASE(a_deadline_that_is_late_holds_up_nobody) {
  auto command = reserve("a", 1000);
  command.set_ttl_s(60);
  story.when(command).then_accepted();
  story.world.now += 61s;
  story.when(reserve("b", 1000)).then_accepted();
  BOOST_TEST(view().reservations() == 1u);
}

BOOST_AUTO_TEST_CASE(one_deadline_stands_for_the_first_of_all_reservations) {
  for (const auto& [key, ttl] : {std::pair{"a", 300u}, {"b", 60u}, {"c", 60u}}) {
    auto command = reserve(key, 1);
    command.set_ttl_s(ttl);
    story.when(command).then_accepted();
  }
  expire();
  BOOST_TEST(story.event<Expired>().keys_size() == 2);
  BOOST_TEST(view().reservations() == 1u);
  expire();
  BOOST_TEST(story.entity().pending().deadlines.empty());
}

// ---- repeats

BOOST_AUTO_TEST_CASE(repeats_change_nothing_and_other_requests_under_the_key_conflict) {
  constexpr auto reused = ErrorCode::key_reused;
  story.when(reserve("a", 10)).then_accepted();
  story.when(reserve("a", 10)).then();
  story.when(reserve("a", 11)).then(reused, "key");
  auto longer = reserve("a", 10);
  longer.set_ttl_s(901);
  story.when(longer).then(reused, "key");
  story.when(settle("a", 2)).then_accepted();
  story.when(settle("a", 2)).then();
  story.when(settle("a", 3)).then(reused, "key");
  story.when(reserve("a", 10)).then(reused, "key");
  story.when(release("a")).then(ErrorCode::wrong_phase, "key");
  BOOST_TEST(spent(WINDOW_DAY) == 8u);

  story.when(reserve("b", 10)).then_accepted();
  story.when(release("b")).then_accepted();
  story.when(release("b")).then();
  story.when(reserve("b", 10)).then(reused, "key");
  story.when(settle("b", 1)).then_accepted();
  BOOST_TEST(spent(WINDOW_DAY) == 12u);

  story.when(reserve("c", 10)).then_accepted();
  expire();
  story.when(release("c")).then();
  story.when(reserve("c", 10)).then(reused, "key");
  story.when(settle("c", 1)).then_accepted();
  story.when(settle("c", 1)).then();
  BOOST_TEST(spent(WINDOW_DAY) == 16u);

  story.when(settle("d", 1)).then(ErrorCode::not_found, "key");
  story.when(release("d")).then(ErrorCode::not_found, "key");
  auto never = reserve("e", 1);
  never.set_ttl_s(0);
  story.when(never).then(ErrorCode::invalid, "ttl_s");
}

BOOST_AUTO_TEST_CASE(a_settlement_lies_between_its_reservation_and_now) {
  const auto held = story.world.now;
  story.when(reserve("a", 10)).then_accepted();
  story.world.now += 10s;
  auto command = settle("a", 1);
  *command.mutable_at() = to_proto(held - 24h);
  story.when(command).then_accepted();
  const auto& event = dynamic_cast<const Settled&>(*story.events().back());
  BOOST_TEST((from_proto(event.call().at()) == held));
  BOOST_TEST(spent(WINDOW_DAY) == 4u);
}

BOOST_AUTO_TEST_CASE(as_many_reservations_and_keys_are_kept_as_the_bounds_say) {
  using actors::Usage;
  State::Metering full;
  for (int i = 0; i < Usage::holds_max; ++i) {
    auto& hold = *full.add_holds();
    hold.set_key("k" + std::to_string(i));
    *hold.mutable_expires() = to_proto(story.world.now + 1h);
  }
  const auto entity = kind->make();
  BOOST_TEST_REQUIRE(entity->decode("Metering", full.SerializeAsString()).has_value());
  const auto decide = [&](const google::protobuf::Message& command) -> Result<void> {
    auto events = entity->decide(command, story.world.context());
    if (!events) return std::unexpected(events.error());
    for (const auto& event : *events) BOOST_TEST_REQUIRE(entity->evolve(*event).has_value());
    return {};
  };
  BOOST_TEST((decide(reserve("one more", 0)).error().code == ErrorCode::overloaded));
  for (int i = 0; i <= Usage::ended_max; ++i) {
    BOOST_TEST_REQUIRE(decide(release("k" + std::to_string(i))).has_value());
  }
  BOOST_TEST((decide(settle("k0", 1)).error().code == ErrorCode::not_found));
  BOOST_TEST(decide(settle("k1", 1)).has_value());
  BOOST_TEST(decide(reserve("one more", 0)).has_value());
  story.world.now += 2h;
  BOOST_TEST(decide(Expire()).has_value());
  BOOST_TEST(encoded(*entity).size() < 32u << 10);
}

// ---- any history

/// Callers that reserve, settle at most what they hold, release, or forget; time passes.
class History {
 public:
  explicit History(std::uint64_t seed) : dice_(seed) {
    auto& world = meter_.story.world;
    world.zone = *runtime::Zone::find(dice_.pick<std::string>(
        {"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"}));
    // Clocks change in the nights that follow.
    world.now = *from_rfc3339(dice_.chance(50) ? "2026-03-07T20:00:00Z" : "2026-10-31T20:00:00Z");
    world.caller = person("admin", {SCOPE_ADMIN, SCOPE_OPERATE});
    cap_ = 200 + dice_.roll(800);
    meter_.story.when(budget(WINDOW_DAY, cap_)).then_accepted();
  }

  void step() {
    meter_.story.world.now += std::chrono::seconds(dice_.roll(900));
    const auto choice = dice_.roll(10);
    if (open_.empty() || choice < 5) return begin();
    const auto [key, amount] = *std::next(open_.begin(), dice_.roll(open_.size()));
    open_.erase(key);
    if (choice == 9) {
      meter_.story.when(release(key)).then_accepted();
    } else {
      end(key, static_cast<std::uint32_t>(dice_.roll(amount / 4 + 1)));
    }
  }

  void check(std::uint64_t seed) const {
    for (const auto& [day, sum] : spent_) {
      BOOST_TEST(sum <= cap_, "seed " << seed << ": " << sum << " of " << cap_
                                      << " on the day from " << to_rfc3339(day));
    }
    BOOST_TEST(meter_.view().total_micro_usd() == total_, "seed " << seed);
  }

 private:
  void begin() {
    const auto key = "k" + std::to_string(++keys_);
    auto command = reserve(key, 1 + dice_.roll(200));
    command.set_ttl_s(static_cast<std::uint32_t>(60 + dice_.roll(5000)));
    meter_.story.when(command);
    if (!meter_.story.events().empty()) open_[key] = command.micro_usd();
  }

  void end(const std::string& key, std::uint32_t tokens) {
    meter_.story.when(settle(key, tokens)).then_accepted();
    total_ += 4 * tokens;
    const auto& event = dynamic_cast<const Settled&>(*meter_.story.events().back());
    // A late one may go beyond the budget: its room was given back.
    if (!event.late()) {
      const auto& world = meter_.story.world;
      spent_[world.zone.day(world.now).begin] += 4 * tokens;
    }
  }

  Dice dice_;
  UsageFixture meter_;
  std::uint64_t cap_ = 0;
  std::uint64_t keys_ = 0;
  std::uint64_t total_ = 0;
  std::map<std::string, std::uint64_t> open_;
  std::map<Time, std::uint64_t> spent_;
};

BOOST_AUTO_TEST_CASE(no_history_spends_more_than_its_budgets) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    History history(seed);
    for (int i = 0; i < 200; ++i) history.step();
    history.check(seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
