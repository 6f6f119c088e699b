// A map behind a mutex.
#include "bridges/vault/refusals.hpp"

#include <utility>

namespace nightshift::bridges::vault {

void Refusals::add(Refusal refusal) {
  const std::lock_guard lock(mutex_);
  auto& kept = all_[refusal.path];
  if (kept.reason != refusal.reason) kept = std::move(refusal);
}

void Refusals::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  all_.erase(path);
}

void Refusals::clear() {
  const std::lock_guard lock(mutex_);
  all_.clear();
}

std::vector<Refusal> Refusals::list(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<Refusal> some;
  for (const auto& [path, refusal] : all_) {
    if (some.size() == most) break;
    some.push_back(refusal);
  }
  return some;
}

std::size_t Refusals::count() const {
  const std::lock_guard lock(mutex_);
  return all_.size();
}

}  // namespace nightshift::bridges::vault
