// Never a micro-dollar over the budget, none lost: 64 contenders, whatever happens to them.
#include <boost/test/unit_test.hpp>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "tests/contest/arena.hpp"
#include "tests/support/dice.hpp"

namespace nightshift::tests {
namespace {

using namespace nightshift::usage;
using std::chrono::seconds;

constexpr int contenders = 64;
constexpr int streams_each = 12;
constexpr std::uint64_t budget_micro_usd = 20'000;
/// A token of `haiku` that is written costs so much.
constexpr std::uint64_t token_micro_usd = 4;

/// What contenders were told.
struct Told {
  std::mutex mutex;
  /// What settlements cost that were accepted, by key.
  std::map<std::string, std::uint64_t> settled;
  std::set<std::string> released;
  std::uint64_t refused = 0;
  /// Answers that no contender expected.
  std::string complaints;
};

class Contender {
 public:
  Contender(Arena& arena, Told& told, std::uint64_t seed, int number)
      : arena_(arena), told_(told), dice_(seed * contenders + number), number_(number) {}

  void run() {
    for (int stream = 0; stream < streams_each; ++stream) {
      key_ = std::to_string(number_) + "-" + std::to_string(stream);
      if (reserve()) work();
    }
  }

 private:
  void pass_time() { arena_.clock().advance(seconds(dice_.roll(3))); }

  bool reserve() {
    Reserve command;
    command.set_key(key_);
    command.set_micro_usd(token_micro_usd * (1 + dice_.roll(300)));
    command.set_ttl_s(static_cast<std::uint32_t>(20 + dice_.roll(300)));
    const auto answer = arena_.ask(key_ + "-reserve", command);
    pass_time();
    tokens_ = command.micro_usd() / token_micro_usd;
    if (answer) return true;
    if (answer.error().code != ErrorCode::over_budget) expect_yes(answer);
    const std::lock_guard lock(told_.mutex);
    ++told_.refused;
    return false;
  }

  /// A stream of so many pieces; then it is settled, or was not needed, or nobody comes back.
  void work() {
    for (auto pieces = dice_.roll(4); pieces > 0; --pieces) pass_time();
    const auto end = dice_.roll(10);
    if (end == 0) return;
    if (end == 1) return release();
    Settle command;
    command.set_key(key_);
    command.set_model("haiku");
    command.set_output_tokens(static_cast<std::uint32_t>(dice_.roll(tokens_ + 1)));
    expect_yes(arena_.ask(key_ + "-settle", command));
    // Repeated by a caller that has lost the answer, under another command id.
    if (dice_.chance(20)) expect_yes(arena_.ask(key_ + "-again", command));
    const std::lock_guard lock(told_.mutex);
    told_.settled[key_] = command.output_tokens() * token_micro_usd;
  }

  void release() {
    Release command;
    command.set_key(key_);
    expect_yes(arena_.ask(key_ + "-release", command));
    const std::lock_guard lock(told_.mutex);
    told_.released.insert(key_);
  }

  void expect_yes(const Result<runtime::Answer>& answer) {
    if (answer) return;
    const std::lock_guard lock(told_.mutex);
    told_.complaints += key_ + ": " + answer.error().detail + "\n";
  }

  Arena& arena_;
  Told& told_;
  Dice dice_;
  const int number_;
  std::string key_;
  std::uint64_t tokens_ = 0;
};

/// The journal read by rules of its own: what is held and what is spent, event by event.
class Referee {
 public:
  explicit Referee(std::uint64_t seed) : seed_(seed) {}

  void see(const google::protobuf::Message& event) {
    if (const auto* began = dynamic_cast<const WindowBegan*>(&event)) {
      if (began->window() == WINDOW_DAY) in_time_ = all_ = 0;
    } else if (const auto* reserved = dynamic_cast<const Reserved*>(&event)) {
      held_[reserved->key()] = reserved->micro_usd();
      BOOST_TEST(all_ + held() <= budget_micro_usd, "seed " << seed_ << ", " << reserved->key());
    } else if (const auto* settled = dynamic_cast<const Settled*>(&event)) {
      settle(*settled);
    } else if (const auto* released = dynamic_cast<const Released*>(&event)) {
      held_.erase(released->key());
    } else if (const auto* expired = dynamic_cast<const Expired*>(&event)) {
      for (const auto& key : expired->keys()) held_.erase(key);
      expired_ += expired->keys_size();
    }
    BOOST_TEST(in_time_ + held() <= budget_micro_usd, "seed " << seed_);
  }

  const std::map<std::string, std::uint64_t>& counted() const { return counted_; }
  int expired() const { return expired_; }
  int late() const { return late_; }

 private:
  std::uint64_t held() const {
    std::uint64_t sum = 0;
    for (const auto& [key, amount] : held_) sum += amount;
    return sum;
  }

  void settle(const Settled& settled) {
    const auto cost = settled.call().micro_usd();
    const bool once = counted_.emplace(settled.key(), cost).second;
    BOOST_TEST(once, "seed " << seed_ << ": " << settled.key() << " is counted twice");
    all_ += cost;
    // The room of a late one had been given back: what was spent is counted all the same.
    if (settled.late()) {
      ++late_;
      return;
    }
    BOOST_TEST(held_.erase(settled.key()) == 1u, "seed " << seed_ << ", " << settled.key());
    in_time_ += cost;
  }

  const std::uint64_t seed_;
  std::map<std::string, std::uint64_t> held_, counted_;
  std::uint64_t in_time_ = 0, all_ = 0;
  int expired_ = 0, late_ = 0;
};

/// Kills parts and ends the node whenever some more commands were answered.
void trouble(Arena& arena, std::uint64_t seed, const std::atomic<int>& running) {
  Dice dice(seed);
  for (auto next = arena.answered() + 50; running > 0; std::this_thread::yield()) {
    if (arena.answered() < next) continue;
    next += 50 + dice.roll(100);
    if (dice.chance(30)) {
      arena.restart();
    } else {
      arena.kill(dice.pick<std::string>(
          {"entities/usage/m", "entities/usage/m", "entities/router", "work", "work/deadlines"}));
    }
  }
}

void contend(Arena& arena, Told& told, std::uint64_t seed) {
  std::atomic<int> running = contenders;
  std::vector<std::jthread> threads;
  for (int number = 0; number < contenders; ++number) {
    threads.emplace_back([&, number] {
      Contender(arena, told, seed, number).run();
      --running;
    });
  }
  trouble(arena, seed, running);
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_number_of_contenders_exceeds_a_budget_and_nothing_is_lost) {
  const std::uint64_t seed = 20261121;
  // A day ends in the middle of it.
  Arena arena(*from_rfc3339("2026-11-21T23:50:00Z"));
  SetBudget budget;
  budget.set_window(WINDOW_DAY);
  budget.set_micro_usd(budget_micro_usd);
  BOOST_TEST_REQUIRE(arena.ask("budget", budget).has_value());
  Told told;
  contend(arena, told, seed);
  arena.restart();

  Referee referee(seed);
  for (const auto& event : arena.history()) referee.see(*event);
  BOOST_TEST(told.complaints == "", "seed " << seed << ": " << told.complaints);
  BOOST_TEST((referee.counted() == told.settled), "seed " << seed);
  // That all of it has happened: else this tests less than it says.
  BOOST_TEST(told.refused > 0u);
  BOOST_TEST(told.released.size() > 0u);
  BOOST_TEST(referee.expired() > 0);
  BOOST_TEST(referee.late() > 0);
}

}  // namespace nightshift::tests
