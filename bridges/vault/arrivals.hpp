// Files that a merge has put where people decide by moving: they were moved elsewhere, by whomever.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace nightshift::bridges::vault {

/// True if `text` has the marks of a node (id, status, digest): of which one, the id tells.
/// Sets `id` then.
bool is_marked_by_a_node(std::string_view text, std::string& id);

/// Thread-safe. Lives as long as the process: what a merge put there right before that ended counts
/// as moved here, by which nothing is ever approved (docs/formats/git.md).
class Arrivals {
 public:
  /// Before it is there. `path` is relative to the vault; only `Approved/` and `Rejected/` count.
  void add(const std::string& path);
  bool has(const std::string& path) const;
  /// It was put back: whoever moves it there from now on does so here.
  void remove(const std::string& path);

 private:
  mutable std::mutex mutex_;
  std::set<std::string> paths_;
};

}  // namespace nightshift::bridges::vault
