// The order in which states of affairs go before each other.
#include "bridges/git/standing.hpp"

namespace nightshift::bridges::git {

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::synced: return "synced";
    case Standing::ahead: return "ahead";
    case Standing::behind: return "behind";
    case Standing::diverged: return "diverged";
    case Standing::conflict: return "conflict";
    case Standing::offline: return "offline";
  }
  return "offline";
}

Standing standing_of(std::size_t ahead, std::size_t behind, bool waits_for_person, bool offline) {
  if (offline) return Standing::offline;
  if (waits_for_person) return Standing::conflict;
  if (ahead > 0 && behind > 0) return Standing::diverged;
  if (ahead > 0) return Standing::ahead;
  return behind > 0 ? Standing::behind : Standing::synced;
}

}  // namespace nightshift::bridges::git
