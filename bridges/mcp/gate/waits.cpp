// One thread that looks after all waits.
#include "bridges/mcp/gate/waits.hpp"

#include <algorithm>

namespace nightshift::bridges::mcp {

Waits::Waits(runtime::Node& node)
    : clock_(node.clock()),
      alarm_(clock_.alarm()),
      watch_(node.watch([this](std::uint64_t) { alarm_->wake(); })),
      thread_([this] { run(); }) {}

Waits::~Waits() {
  stop();
  thread_.join();
}

void Waits::add(std::chrono::milliseconds patience, Look look) {
  const std::unique_lock lock(mutex_);
  if (stopping_ || count_ >= waits_max) {
    look(true);
    return;
  }
  // The thread looks first: what it needs may come between a look here and the next notice.
  waits_.push_back({clock_.elapsed() + patience, std::move(look)});
  ++count_;
  alarm_->wake();
}

void Waits::stop() {
  const std::unique_lock lock(mutex_);
  stopping_ = true;
  alarm_->wake();
}

void Waits::run() {
  while (true) {
    alarm_->arm();
    bool last = false;
    {
      const std::unique_lock lock(mutex_);
      last = stopping_;
    }
    const auto longest = look_at_all(last);
    if (last) return;
    alarm_->wait(longest);
  }
}

std::optional<std::chrono::microseconds> Waits::look_at_all(bool last) {
  std::list<Wait> mine;
  {
    const std::unique_lock lock(mutex_);
    mine.swap(waits_);
  }
  const auto now = clock_.elapsed();
  mine.remove_if([&](Wait& wait) {
    const bool over = last || now >= wait.until;
    return wait.look(over) || over;
  });
  const std::unique_lock lock(mutex_);
  count_ = mine.size() + waits_.size();
  waits_.splice(waits_.begin(), mine);
  if (waits_.empty()) return std::nullopt;
  const auto first = std::ranges::min_element(waits_, {}, &Wait::until)->until;
  return std::max(first - clock_.elapsed(), std::chrono::microseconds(0));
}

}  // namespace nightshift::bridges::mcp
