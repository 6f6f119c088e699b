// What was asked and acknowledged.
#include "tests/crash/ledger.hpp"

namespace nightshift::tests {

bool Ledger::may_ask() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] {
    return entries_.size() < allowed_ || entries_.size() >= target_ || !wrongs_.empty();
  });
  return entries_.size() < target_ && wrongs_.empty();
}

void Ledger::acknowledged(const Acknowledged& entry, const Expected& now) {
  const std::lock_guard lock(mutex_);
  entries_.push_back(entry);
  expected_[entry.id] = now;
  changed_.notify_all();
}

void Ledger::allow(std::size_t commands) {
  const std::lock_guard lock(mutex_);
  allowed_ = commands;
  changed_.notify_all();
}

void Ledger::await(std::size_t commands, std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return entries_.size() >= commands || !wrongs_.empty(); });
}

void Ledger::set_base(std::string base) {
  const std::lock_guard lock(mutex_);
  base_ = std::move(base);
}

std::string Ledger::base() {
  const std::lock_guard lock(mutex_);
  return base_;
}

void Ledger::wrong(const std::string& what) {
  const std::lock_guard lock(mutex_);
  wrongs_.push_back(what);
  changed_.notify_all();
}

std::vector<std::string> Ledger::wrongs() {
  const std::lock_guard lock(mutex_);
  return wrongs_;
}

std::size_t Ledger::count() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::vector<Acknowledged> Ledger::entries() {
  const std::lock_guard lock(mutex_);
  return entries_;
}

std::map<std::string, Expected> Ledger::expected() {
  const std::lock_guard lock(mutex_);
  return expected_;
}

}  // namespace nightshift::tests
