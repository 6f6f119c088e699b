// Names of the reasons.
#include "bridges/git/trouble.hpp"

#include <cerrno>
#include <system_error>

namespace nightshift::bridges::git {

std::string_view name_of(TroubleKind kind) {
  switch (kind) {
    case TroubleKind::no_repository: return "no_repository";
    case TroubleKind::unsupported: return "unsupported";
    case TroubleKind::operation_under_way: return "operation_under_way";
    case TroubleKind::detached: return "detached";
    case TroubleKind::other_branch: return "other_branch";
    case TroubleKind::shallow: return "shallow";
    case TroubleKind::sparse: return "sparse";
    case TroubleKind::unresolved: return "unresolved";
    case TroubleKind::staged: return "staged";
    case TroubleKind::uncommitted: return "uncommitted";
    case TroubleKind::locked: return "locked";
    case TroubleKind::unreachable: return "unreachable";
    case TroubleKind::silent: return "silent";
    case TroubleKind::denied: return "denied";
    case TroubleKind::host_unknown: return "host_unknown";
    case TroubleKind::host_changed: return "host_changed";
    case TroubleKind::certificate: return "certificate";
    case TroubleKind::remote_absent: return "remote_absent";
    case TroubleKind::branch_absent: return "branch_absent";
    case TroubleKind::rewound: return "rewound";
    case TroubleKind::refused: return "refused";
    case TroubleKind::moved: return "moved";
    case TroubleKind::hostile: return "hostile";
    case TroubleKind::forbidden_file: return "forbidden_file";
    case TroubleKind::too_large: return "too_large";
    case TroubleKind::full: return "full";
    case TroubleKind::failed: return "failed";
  }
  return "failed";
}

bool is_absence(TroubleKind kind) {
  return kind >= TroubleKind::unreachable && kind <= TroubleKind::remote_absent;
}

bool waits_for_person(TroubleKind kind) {
  const bool passes = kind == TroubleKind::locked || kind == TroubleKind::moved;
  return !passes && !is_absence(kind);
}

Trouble system_trouble(std::string_view doing, int number) {
  return {number == ENOSPC || number == EDQUOT ? TroubleKind::full : TroubleKind::failed,
          std::string(doing) + ": " + std::generic_category().message(number)};
}

}  // namespace nightshift::bridges::git
