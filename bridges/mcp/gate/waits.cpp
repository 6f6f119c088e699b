// One thread that looks after all waits.
#include "bridges/mcp/gate/waits.hpp"

#include <algorithm>

namespace nightshift::bridges::mcp {

Waits::Waits(runtime::Node& node)
    : clock_(node.clock()),
      alarm_(clock_.alarm()),
      watch_(node.watch([this](std::uint64_t) { alarm_->wake(); })),
      thread_([this] { run(); }) {}

Waits::~Waits() { stop(); }

bool Waits::is_full(const std::string& who) const {
  const auto mine = counts_.find(who);
  const auto count = mine == counts_.end() ? 0 : mine->second;
  return stopping_ || count_ >= waits_max || count >= waits_per_caller_max;
}

void Waits::add(const std::string& who, std::chrono::milliseconds patience, Look look) {
  {
    const std::unique_lock lock(mutex_);
    if (!is_full(who)) {
      // The thread looks first: what it needs may come between a look here and the next notice.
      waits_.push_back({who, clock_.elapsed() + patience, std::move(look)});
      ++count_;
      ++counts_[who];
      alarm_->wake();
      return;
    }
  }
  look(true);
}

bool Waits::soon(const std::string& who, std::move_only_function<void()> deed) {
  {
    const std::unique_lock lock(mutex_);
    if (is_full(who)) return false;
  }
  add(who, {}, [deed = std::move(deed)](bool) mutable { return deed(), true; });
  return true;
}

void Waits::stop() {
  {
    const std::unique_lock lock(mutex_);
    stopping_ = true;
    alarm_->wake();
  }
  if (thread_.joinable() && thread_.get_id() != std::this_thread::get_id()) thread_.join();
}

void Waits::forget(const std::list<Wait>& waits) {
  for (const auto& wait : waits) {
    const auto mine = counts_.find(wait.who);
    if (--mine->second == 0) counts_.erase(mine);
  }
  count_ -= waits.size();
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
  // Gone once nothing is locked: what goes with them may add others.
  std::list<Wait> ended;
  for (auto wait = mine.begin(); wait != mine.end();) {
    const auto at = wait++;
    const bool over = last || now >= at->until;
    if (at->look(over) || over) ended.splice(ended.end(), mine, at);
  }
  const std::unique_lock lock(mutex_);
  forget(ended);
  waits_.splice(waits_.begin(), mine);
  if (waits_.empty()) return std::nullopt;
  const auto first = std::ranges::min_element(waits_, {}, &Wait::until)->until;
  return std::max(first - clock_.elapsed(), std::chrono::microseconds(0));
}

}  // namespace nightshift::bridges::mcp
