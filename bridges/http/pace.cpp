// Token buckets.
#include "bridges/http/pace.hpp"

#include <algorithm>

namespace nightshift::bridges::http {

bool Pace::take(std::string_view principal, Time now) {
  if (requests_per_s_ == 0) return true;
  const double full = 2 * requests_per_s_;
  const std::scoped_lock lock(mutex_);
  auto found = buckets_.find(principal);
  if (found == buckets_.end()) {
    found = buckets_.emplace(std::string(principal), Bucket{full, now}).first;
  }
  Bucket& bucket = found->second;
  const double passed_s = std::chrono::duration<double>(now - bucket.filled_at).count();
  if (passed_s > 0) {
    bucket.tokens = std::min(full, bucket.tokens + passed_s * requests_per_s_);
    bucket.filled_at = now;
  }
  if (bucket.tokens < 1) return false;
  --bucket.tokens;
  return true;
}

}  // namespace nightshift::bridges::http
