// Counts who has how many places.
#include "bridges/http/places.hpp"

#include <algorithm>

namespace nightshift::bridges::http {

Result<void> Places::take(const std::string& principal) {
  const std::size_t share = std::max<std::size_t>(max_ / 2, 1);
  const std::scoped_lock lock(mutex_);
  if (taken_ >= max_) {
    return fail(ErrorCode::overloaded, "too many subscribers follow events; try again");
  }
  std::size_t& its = by_principal_[principal];
  if (its >= share) {
    return fail(ErrorCode::rate_limited, "'" + principal + "' follows events on " +
                                             std::to_string(its) +
                                             " connections, half of all there are; end some");
  }
  ++its;
  ++taken_;
  return {};
}

void Places::give_back(const std::string& principal) {
  const std::scoped_lock lock(mutex_);
  const auto its = by_principal_.find(principal);
  if (--its->second == 0) by_principal_.erase(its);
  --taken_;
}

}  // namespace nightshift::bridges::http
