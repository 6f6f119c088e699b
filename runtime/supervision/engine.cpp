// The rules of supervision. Sources of the rules: OTP's "Supervisor Behaviour" and supervisor(3).
#include "runtime/supervision/engine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace nightshift::runtime::supervision {

Order Engine::add(Child child) {
  children_.push_back({std::move(child), State::down});
  if (phase_ == Phase::idle) return {};
  additions_.push_back(children_.size() - 1);
  return next();
}

Order Engine::begin() {
  assert(phase_ == Phase::idle);
  phase_ = Phase::beginning;
  plan_starts(0);
  return next();
}

Order Engine::started(std::size_t child) {
  assert(current_ && current_->start && current_->child == child);
  current_.reset();
  children_[child].state = State::up;
  return next();
}

Order Engine::exited(std::size_t child, Exit exit, std::chrono::microseconds now) {
  auto& member = children_[child];
  if (current_ && current_->child == child) {
    const bool starting = current_->start;
    current_.reset();
    rest(child);
    if (starting) not_started(child, exit, now);
    return next();
  }
  assert(member.state == State::up);
  member.state = State::down;
  if (phase_ != Phase::ending) backlog_.push_back({child, exit, now});
  return next();
}

Order Engine::overdue(std::size_t child) {
  if (!current_ || current_->start || current_->child != child) return {};
  return {Order::What::kill, child};
}

Order Engine::shut_down() {
  if (phase_ == Phase::ending || phase_ == Phase::ended) return {};
  phase_ = Phase::ending;
  backlog_.clear();
  additions_.clear();
  plan_.clear();
  plan_stops(0);
  return next();
}

Order Engine::next() {
  while (!current_) {
    if (!plan_.empty()) {
      if (const auto order = take_step()) return *order;
    } else if (phase_ == Phase::ending) {
      phase_ = Phase::ended;
      return {Order::What::end, 0};
    } else if (phase_ == Phase::ended || phase_ == Phase::idle) {
      break;
    } else {
      phase_ = Phase::running;
      if (!backlog_.empty()) {
        const auto ended = backlog_.front();
        backlog_.pop_front();
        judge(ended);
      } else if (!additions_.empty()) {
        phase_ = Phase::adding;
        plan_.push_back({true, additions_.front()});
        additions_.pop_front();
      } else {
        break;
      }
    }
  }
  return {};
}

std::optional<Order> Engine::take_step() {
  const auto step = plan_.front();
  plan_.pop_front();
  auto& member = children_[step.child];
  if (step.start) {
    if (member.state != State::down) return std::nullopt;
    member.state = State::starting;
    current_ = step;
    return Order{Order::What::start, step.child};
  }
  if (member.state != State::up) {
    // It has ended by itself: the group's restart is the answer to that as well.
    std::erase_if(backlog_, [&](const Ended& ended) { return ended.child == step.child; });
    if (member.state == State::down) rest(step.child);
    return std::nullopt;
  }
  member.state = State::stopping;
  current_ = step;
  const bool at_once = member.rule.patience == std::chrono::milliseconds(0);
  return Order{at_once ? Order::What::kill : Order::What::stop, step.child};
}

void Engine::rest(std::size_t child) {
  auto& member = children_[child];
  member.state = member.rule.restart == Restart::temporary ? State::gone : State::down;
}

void Engine::judge(const Ended& ended) {
  switch (children_[ended.child].rule.restart) {
    case Restart::temporary: rest(ended.child); return;
    case Restart::transient:
      if (ended.exit == Exit::normal || ended.exit == Exit::shutdown) return;
      break;
    case Restart::permanent: break;
  }
  restart(ended.child, ended.exit != Exit::asked, ended.at);
}

void Engine::restart(std::size_t child, bool counts, std::chrono::microseconds now) {
  plan_.clear();
  if (counts && !window_.allows(now)) return give_up();
  phase_ = Phase::restarting;
  switch (rules_.strategy) {
    case Strategy::one_for_one: plan_.push_back({true, child}); return;
    case Strategy::one_for_all: child = 0; break;
    case Strategy::rest_for_one: break;
  }
  plan_stops(child);
  plan_starts(child);
}

void Engine::not_started(std::size_t child, Exit exit, std::chrono::microseconds now) {
  if (phase_ == Phase::ending) return;
  if (exit == Exit::asked) return plan_.push_front({true, child});
  cannot_start(child, now);
}

void Engine::cannot_start(std::size_t child, std::chrono::microseconds now) {
  switch (phase_) {
    case Phase::beginning: return give_up();
    case Phase::adding: children_[child].state = State::gone; return;
    case Phase::restarting: return restart(child, true, now);
    default: return;
  }
}

void Engine::give_up() {
  gave_up_ = true;
  phase_ = Phase::ending;
  backlog_.clear();
  additions_.clear();
  plan_.clear();
  plan_stops(0);
}

void Engine::plan_stops(std::size_t first) {
  for (auto child = children_.size(); child-- > first;) plan_.push_back({false, child});
}

void Engine::plan_starts(std::size_t first) {
  for (auto child = first; child < children_.size(); ++child) {
    // One that was added and has not been started yet has its turn afterwards.
    if (std::ranges::find(additions_, child) == additions_.end()) plan_.push_back({true, child});
  }
}

}  // namespace nightshift::runtime::supervision
