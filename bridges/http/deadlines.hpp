// When to look at whom again.
#pragma once

#include <set>
#include <utility>

#include "bridges/http/poller.hpp"

namespace nightshift::bridges::http {

class Deadlines;

/// Somebody who is looked at when a time has come.
class Timed {
 private:
  friend class Deadlines;
  SteadyTime look_at_ = never;
};

/// Used by one thread. Only hastens: a deadline that moves away costs nothing until its old time
/// has come, when whoever looks finds that it is too early and says again when.
class Deadlines {
 public:
  /// At `when` at the latest.
  void look_by(SteadyTime when, Timed& whom);
  void forget(Timed& whom);
  /// The time of the next, `never` if there is none.
  SteadyTime next() const { return waiting_.empty() ? never : waiting_.begin()->first; }
  /// One whose time has come; it is looked at no more. Null if there is none.
  Timed* take_due(SteadyTime now);
  /// Those who are looked at soonest, in order.
  const auto& all() const { return waiting_; }

 private:
  std::set<std::pair<SteadyTime, Timed*>> waiting_;
};

}  // namespace nightshift::bridges::http
