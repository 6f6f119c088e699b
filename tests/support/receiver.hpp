// A receiver of errands that counts what reaches it and can be told to misbehave.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "runtime/executor.hpp"

namespace nightshift::tests {

/// Executor and receiver in one; the receiver's memory outlives restarts of the node.
class Receiver final : public runtime::Executor {
 public:
  explicit Receiver(runtime::ReceiverClass kind) : kind_(kind) {}

  std::string effect_type() const override { return "nightshift.errand.Ship"; }
  Result<void> covered(const runtime::Permit&) const override {
    if (granted) return {};
    return fail(ErrorCode::forbidden, "this receiver is not the configured one");
  }
  std::size_t places() const override { return own_places; }
  runtime::ReceiverClass receiver_class(const runtime::Permit&) const override { return kind_; }

  runtime::Outcome look(const runtime::Permit& permit) override {
    const std::lock_guard lock(mutex_);
    ++looks_;
    if (blind) return {EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, "cannot tell"};
    const bool there = arrivals_.contains(permit.effect_id);
    return {there ? EFFECT_STATE_COMMITTED : EFFECT_STATE_FAILED_BEFORE_EFFECT, "looked"};
  }

  runtime::Outcome perform(const runtime::Permit& permit) override {
    if (instead) {
      if (auto outcome = instead(permit)) return *outcome;
    }
    const std::lock_guard lock(mutex_);
    ++performed_;
    if (kind_ == runtime::ReceiverClass::keyed && arrivals_.contains(permit.effect_id)) {
      return {EFFECT_STATE_COMMITTED, "known already"};
    }
    ++arrivals_[permit.effect_id];
    return {EFFECT_STATE_COMMITTED, "arrived"};
  }

  /// How many things arrived; each id must be among them once at most.
  std::size_t arrived() const {
    const std::lock_guard lock(mutex_);
    return arrivals_.size();
  }
  int most_often() const {
    const std::lock_guard lock(mutex_);
    int most = 0;
    for (const auto& [id, count] : arrivals_) most = std::max(most, count);
    return most;
  }
  bool has(const std::string& effect_id) const {
    const std::lock_guard lock(mutex_);
    return arrivals_.contains(effect_id);
  }
  int performed() const {
    const std::lock_guard lock(mutex_);
    return performed_;
  }
  int looks() const {
    const std::lock_guard lock(mutex_);
    return looks_;
  }

  /// May throw, or say what happens instead of an arrival. Set before the node starts.
  std::function<std::optional<runtime::Outcome>(const runtime::Permit&)> instead;
  /// Set before the node starts.
  std::size_t own_places = 0;
  /// The receiver cannot tell what arrived.
  bool blind = false;
  /// The standing grant covers what it is sent.
  std::atomic<bool> granted = true;

 private:
  const runtime::ReceiverClass kind_;
  mutable std::mutex mutex_;
  std::map<std::string, int> arrivals_;
  int performed_ = 0;
  int looks_ = 0;
};

}  // namespace nightshift::tests
