// Deadlines: a window over the rows, refilled when it has run empty.
#include "runtime/host/deadlines.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime::host {
namespace {

constexpr auto retry_after = std::chrono::seconds(1);

}  // namespace

Deadlines::Deadlines(const storage::EventLog& log, const Clock& clock, Fire fire, Wake wake,
                     std::size_t window_max)
    : log_(log),
      clock_(clock),
      fire_(std::move(fire)),
      wake_(std::move(wake)),
      window_max_(window_max),
      places_(std::make_shared<Places>()) {
  places_->places = window_max;
  places_->wake = wake_;
  horizon_.kind = storage::WorkKind::deadline;
}

void Deadlines::add(const storage::WorkKey& key, const WorkValue& why) {
  bool earliest = false;
  {
    const std::lock_guard lock(mutex_);
    // What lies behind the horizon is found when the window is refilled.
    if (!complete_ && key > horizon_) return;
    window_.emplace(key, why);
    earliest = window_.begin()->first == key;
    horizon_ = std::max(horizon_, key);
    if (window_.size() > 2 * window_max_) {
      window_.erase(std::next(window_.begin(), static_cast<std::ptrdiff_t>(window_max_)),
                    window_.end());
      horizon_ = window_.rbegin()->first;
      complete_ = false;
    }
  }
  if (earliest) wake_();
}

void Deadlines::again(const storage::WorkKey& key, const WorkValue& why) {
  {
    const std::lock_guard lock(mutex_);
    again_.emplace(clock_.elapsed() + retry_after, std::pair(key, why));
  }
  wake_();
}

Result<void> Deadlines::refill() {
  auto from = horizon_;
  std::size_t found = 0;
  auto scanned = log_.scan_work(storage::WorkKind::deadline, from, [&](const auto& row) {
    if (!(from < row.key)) return true;
    WorkValue why;
    why.ParseFromString(row.value);
    window_.emplace(row.key, std::move(why));
    horizon_ = row.key;
    return ++found < window_max_;
  });
  if (!scanned) return scanned;
  complete_ = found < window_max_;
  return {};
}

std::shared_ptr<void> Deadlines::place() {
  // Nobody else takes places.
  if (places_->taken >= places_->places) return nullptr;
  ++places_->taken;
  return {places_.get(), [places = places_](auto*) {
            // Whoever found none waits for this.
            if (places->taken.fetch_sub(1) == places->places) places->wake();
          }};
}

Result<std::optional<std::chrono::microseconds>> Deadlines::poll() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  const auto elapsed = clock_.elapsed();
  while (!again_.empty() && again_.begin()->first <= elapsed) {
    auto free = place();
    if (!free) return std::nullopt;
    const auto& [key, why] = again_.begin()->second;
    fire_(key, why, std::move(free));
    again_.erase(again_.begin());
  }
  for (;;) {
    if (window_.empty() && has_more()) {
      if (auto refilled = refill(); !refilled) return std::unexpected(refilled.error());
    }
    if (window_.empty() || window_.begin()->first.due > now) break;
    auto free = place();
    if (!free) return std::nullopt;
    fire_(window_.begin()->first, window_.begin()->second, std::move(free));
    ++fired_;
    window_.erase(window_.begin());
  }
  std::optional<std::chrono::microseconds> next;
  if (!window_.empty()) next = window_.begin()->first.due - now;
  if (!again_.empty()) {
    const auto retry = again_.begin()->first - elapsed;
    next = next ? std::min(*next, retry) : retry;
  }
  return next;
}

std::size_t Deadlines::waiting() const {
  const std::lock_guard lock(mutex_);
  return window_.size() + again_.size();
}

std::uint64_t Deadlines::fired() const {
  const std::lock_guard lock(mutex_);
  return fired_;
}

}  // namespace nightshift::runtime::host
