// A set of paths.
#include "bridges/vault/arrivals.hpp"

#include "bridges/vault/layout.hpp"

namespace nightshift::bridges::vault {
namespace {

bool lies_in(const std::string& path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

}  // namespace

void Arrivals::add(const std::string& path) {
  if (!lies_in(path, approved_folder) && !lies_in(path, rejected_folder)) return;
  const std::lock_guard lock(mutex_);
  paths_.insert(path);
}

bool Arrivals::has(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return paths_.contains(path);
}

void Arrivals::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  paths_.erase(path);
}

}  // namespace nightshift::bridges::vault
