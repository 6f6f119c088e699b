// Turns: a place per thread, known to whoever watches.
#include "runtime/host/turns.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime::host {

class TurnPlace {
 public:
  /// Returns what ran before. A turn within a turn is none of its own, but gives it its name.
  Step begin(Step step) {
    const std::lock_guard lock(mutex_);
    if (step_.entity == nullptr) ++turn_;
    return std::exchange(step_, step);
  }
  void end(Step outer) {
    const std::lock_guard lock(mutex_);
    step_ = outer;
  }

  /// The number of the turn that runs, and the processor time that its thread has used.
  std::optional<std::pair<std::uint64_t, std::chrono::microseconds>> running() const {
    const std::lock_guard lock(mutex_);
    if (step_.entity == nullptr) return std::nullopt;
    return std::pair(turn_, clock_.used());
  }
  std::optional<LongTurn> named(std::uint64_t turn) const {
    const std::lock_guard lock(mutex_);
    if (step_.entity == nullptr || turn_ != turn) return std::nullopt;
    return LongTurn{*step_.entity, std::string(step_.what)};
  }

 private:
  mutable std::mutex mutex_;
  const ThreadClock clock_;
  std::uint64_t turn_ = 0;
  Step step_;
};

namespace {

/// The places of all threads that live.
struct Places {
  std::mutex mutex;
  std::vector<std::weak_ptr<TurnPlace>> all;
};

Places& places() {
  static Places places;
  return places;
}

std::vector<std::weak_ptr<TurnPlace>> places_now() {
  const std::lock_guard lock(places().mutex);
  return places().all;
}

TurnPlace& my_place() {
  thread_local const auto place = [] {
    auto mine = std::make_shared<TurnPlace>();
    const std::lock_guard lock(places().mutex);
    std::erase_if(places().all, [](const auto& other) { return other.expired(); });
    places().all.push_back(mine);
    return mine;
  }();
  return *place;
}

}  // namespace

Turn::Turn(const EntityRef& entity, std::string_view what)
    : place_(my_place()), outer_(place_.begin({&entity, what})) {}

Turn::~Turn() { place_.end(outer_); }

std::vector<LongTurn> running_turns() {
  std::vector<LongTurn> turns;
  for (const auto& weak : places_now()) {
    const auto place = weak.lock();
    const auto running = place ? place->running() : std::nullopt;
    auto turn = running ? place->named(running->first) : std::nullopt;
    if (turn) turns.push_back(std::move(*turn));
  }
  return turns;
}

std::optional<LongTurn> TurnWatch::look() {
  std::vector<Seen> seen;
  for (const auto& weak : places_now()) {
    const auto place = weak.lock();
    const auto running = place ? place->running() : std::nullopt;
    if (!running) continue;
    const auto& [turn, cpu] = *running;
    const auto before = std::ranges::find_if(seen_, [&, its = turn](const Seen& other) {
      return other.turn == its && other.place.lock() == place;
    });
    if (before == seen_.end()) {
      seen.push_back({weak, turn, cpu});
    } else if (cpu - before->cpu_at < cpu_max_) {
      seen.push_back(*before);
    } else if (auto found = place->named(turn)) {
      return found;
    }
  }
  seen_ = std::move(seen);
  return std::nullopt;
}

}  // namespace nightshift::runtime::host
