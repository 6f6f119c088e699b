// OTP's supervisor, step by step.
#include "tests/runtime/supervision/model.hpp"

#include <utility>

namespace nightshift::tests {

using runtime::supervision::Child;
using runtime::supervision::Exit;
using runtime::supervision::Restart;
using runtime::supervision::Rules;
using runtime::supervision::Strategy;

Model::Model(Rules rules, std::vector<Child> children, ModelWorld world)
    : rules_(rules), world_(std::move(world)) {
  for (auto& child : children) members_.push_back({std::move(child)});
}

/// "The supervisor starts its children in the order of the list."
void Model::begin() {
  std::size_t failed = 0;
  if (!start_from(0, failed)) return terminate();
  while (!ended_ && !inbox_.empty()) {
    const auto signal = inbox_.front();
    inbox_.pop_front();
    handle(signal);
  }
}

void Model::child_ends(std::size_t child, Exit exit, std::chrono::microseconds now) {
  now_ = now;
  members_[child].running = false;
  inbox_.push_back({child, exit});
  while (!ended_ && !inbox_.empty()) {
    const auto signal = inbox_.front();
    inbox_.pop_front();
    handle(signal);
  }
}

void Model::shut_down() {
  if (!ended_) terminate();
}

bool Model::start(std::size_t child) {
  story_ += "+" + std::to_string(child) + " ";
  hear();
  members_[child].running = world_.starts(child);
  return members_[child].running;
}

/// "It unlinks and takes the child's exit out of its mailbox": a child that has just ended by
/// itself is not heard of again.
void Model::stop(std::size_t child) {
  auto& member = members_[child];
  if (member.running) {
    story_ += "-" + std::to_string(child) + " ";
    member.running = false;
    hear();
  } else {
    std::erase_if(inbox_, [&](const Signal& signal) { return signal.child == child; });
  }
  if (member.rule.restart == Restart::temporary) member.deleted = true;
}

void Model::hear() {
  for (const auto& [child, exit] : world_.meanwhile()) {
    if (!members_[child].running) continue;
    members_[child].running = false;
    inbox_.push_back({child, exit});
  }
}

void Model::handle(Signal signal) {
  auto& member = members_[signal.child];
  const bool abnormal = signal.exit == Exit::failed || signal.exit == Exit::asked;
  if (member.rule.restart == Restart::temporary) {
    member.deleted = true;
  } else if (member.rule.restart == Restart::permanent || abnormal) {
    restart(signal.child, signal.exit != Exit::asked);
  }
}

/// "If more than MaxR restarts occur in the last MaxT seconds, the supervisor terminates all the
/// child processes and then itself."
void Model::restart(std::size_t child, bool counts) {
  for (;;) {
    if (counts) {
      restarts_.push_back(now_);
      std::size_t recent = 0;
      for (const auto at : restarts_) recent += at + rules_.intensity.period >= now_ ? 1 : 0;
      if (recent > rules_.intensity.restarts_max) return terminate();
    }
    std::size_t failed = child;
    bool up = false;
    if (rules_.strategy == Strategy::one_for_one) {
      up = members_[child].deleted || start(child);
    } else {
      const auto first = rules_.strategy == Strategy::one_for_all ? 0 : child;
      for (auto i = members_.size(); i-- > first;) stop(i);
      up = start_from(first, failed);
    }
    if (up) return;
    child = failed;
    counts = true;
  }
}

bool Model::start_from(std::size_t first, std::size_t& failed) {
  for (auto child = first; child < members_.size(); ++child) {
    if (members_[child].deleted || members_[child].running) continue;
    failed = child;
    if (!start(child)) return false;
  }
  return true;
}

/// "The children are terminated in the reverse order of their start."
void Model::terminate() {
  inbox_.clear();
  for (auto child = members_.size(); child-- > 0;) stop(child);
  inbox_.clear();
  story_ += "end";
  ended_ = true;
}

}  // namespace nightshift::tests
