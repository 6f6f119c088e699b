// A set of paths.
#include "bridges/vault/arrivals.hpp"

#include <algorithm>

#include "bridges/vault/front_matter.hpp"
#include "bridges/vault/layout.hpp"
#include "bridges/vault/marks.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::vault {
namespace {

bool lies_in(const std::string& path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

}  // namespace

bool is_marked_by_a_node(std::string_view text, std::string& id) {
  const auto parts = split(text);
  if (!parts || !parts->has_front_matter) return false;
  const auto fields = parse_front_matter(parts->front_matter);
  if (!fields) return false;
  const auto marks = marks_of(*fields);
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const bool marked = is_id(marks.id) && !marks.status.empty() && marks.digest.size() == 64 &&
                      std::ranges::all_of(marks.digest, is_hex);
  if (marked) id = marks.id;
  return marked;
}

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
