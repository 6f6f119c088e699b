// Random lives of random supervisors: the engine's orders are those of the naive model.
#include <boost/test/unit_test.hpp>

#include "tests/runtime/supervision/model.hpp"
#include "tests/support/dice.hpp"

namespace nightshift::tests {
namespace {

using namespace runtime::supervision;
using Ends = std::vector<std::pair<std::size_t, Exit>>;

constexpr Exit exits[] = {Exit::normal, Exit::shutdown, Exit::failed, Exit::asked};

/// What happens, drawn from a seed: the engine and the model live through the same.
class Fate {
 public:
  Fate(std::uint64_t seed, std::size_t children) : dice_(seed), children_(children) {}

  bool starts() { return !dice_.chance(12); }
  Ends meanwhile() {
    Ends ends;
    while (dice_.chance(15)) ends.emplace_back(dice_.roll(children_), exits[dice_.roll(4)]);
    return ends;
  }

 private:
  Dice dice_;
  std::size_t children_;
};

/// Carries out what the engine orders, at once.
class Puppet {
 public:
  Puppet(Rules rules, const std::vector<Child>& children, Fate fate)
      : engine_(rules), fate_(std::move(fate)) {
    for (const auto& child : children) engine_.add(child);
  }

  void begin() { obey(engine_.begin()); }
  void child_ends(std::size_t child, Exit exit, std::chrono::microseconds now) {
    now_ = now;
    obey(engine_.exited(child, exit, now));
  }
  void shut_down() { obey(engine_.shut_down()); }

  const std::string& story() const { return story_; }
  bool running(std::size_t child) const { return engine_.state(child) == Engine::State::up; }
  bool settled() const { return engine_.settled(); }

 private:
  void obey(Order order) {
    while (order.what != Order::What::wait) {
      const auto child = order.child;
      switch (order.what) {
        case Order::What::start:
          story_ += "+" + std::to_string(child) + " ";
          hear();
          order =
              fate_.starts() ? engine_.started(child) : engine_.exited(child, Exit::failed, now_);
          break;
        case Order::What::end: story_ += "end"; return;
        default:
          story_ += "-" + std::to_string(child) + " ";
          hear(child);
          order = engine_.exited(child, Exit::shutdown, now_);
      }
    }
  }
  void hear(std::size_t but = SIZE_MAX) {
    for (const auto& [child, exit] : fate_.meanwhile()) {
      if (child == but || engine_.state(child) != Engine::State::up) continue;
      BOOST_REQUIRE((engine_.exited(child, exit, now_) == Order{}));
    }
  }

  Engine engine_;
  Fate fate_;
  std::chrono::microseconds now_{};
  std::string story_;
};

std::vector<Child> some_children(Dice& dice) {
  constexpr Restart kinds[] = {Restart::permanent, Restart::permanent, Restart::transient,
                               Restart::temporary};
  std::vector<Child> children(1 + dice.roll(5));
  for (auto& child : children) {
    child.restart = kinds[dice.roll(4)];
    if (dice.chance(20)) child.patience = std::chrono::milliseconds(0);
  }
  return children;
}

void live(std::uint64_t seed) {
  Dice dice(seed);
  const Rules rules{
      .strategy = static_cast<Strategy>(dice.roll(3)),
      .intensity = {.restarts_max = dice.roll(4), .period = std::chrono::milliseconds(10)}};
  const auto children = some_children(dice);
  const auto fates = dice.roll();
  Puppet puppet(rules, children, Fate(fates, children.size()));
  auto fate = std::make_shared<Fate>(fates, children.size());
  Model model(rules, children,
              {.starts = [fate](std::size_t) { return fate->starts(); },
               .meanwhile = [fate] { return fate->meanwhile(); }});
  puppet.begin();
  model.begin();
  std::chrono::microseconds now{};
  for (int step = 0; step < 30 && !model.ended(); ++step) {
    now += std::chrono::milliseconds(dice.roll(12));
    const auto child = dice.roll(children.size());
    if (!model.running(child)) continue;
    const auto exit = exits[dice.roll(4)];
    puppet.child_ends(child, exit, now);
    model.child_ends(child, exit, now);
    BOOST_REQUIRE_MESSAGE(
        puppet.story() == model.story(),
        "seed " << seed << ": " << puppet.story() << " is not what OTP does: " << model.story());
    for (std::size_t i = 0; i < children.size(); ++i) {
      BOOST_REQUIRE_MESSAGE(puppet.running(i) == model.running(i),
                            "seed " << seed << ": child " << i << " after " << model.story());
    }
    BOOST_REQUIRE_MESSAGE(puppet.settled() != model.ended(), "seed " << seed);
  }
  puppet.shut_down();
  model.shut_down();
  BOOST_REQUIRE_MESSAGE(
      puppet.story() == model.story(),
      "seed " << seed << ": " << puppet.story() << " is not what OTP does: " << model.story());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(supervision_model)

BOOST_AUTO_TEST_CASE(random_lives_follow_the_naive_model) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) live(seed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
