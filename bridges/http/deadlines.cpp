// Deadlines in order.
#include "bridges/http/deadlines.hpp"

namespace nightshift::bridges::http {

void Deadlines::look_by(SteadyTime when, Timed& whom) {
  if (when >= whom.look_at_) return;
  if (whom.look_at_ == never) {
    waiting_.emplace(when, &whom);
  } else {
    auto node = waiting_.extract({whom.look_at_, &whom});
    node.value().first = when;
    waiting_.insert(std::move(node));
  }
  whom.look_at_ = when;
}

void Deadlines::forget(Timed& whom) {
  if (whom.look_at_ != never) waiting_.erase({std::exchange(whom.look_at_, never), &whom});
}

Timed* Deadlines::take_due(SteadyTime now) {
  if (waiting_.empty() || waiting_.begin()->first > now) return nullptr;
  Timed* const whom = waiting_.begin()->second;
  forget(*whom);
  return whom;
}

}  // namespace nightshift::bridges::http
