// Why a round of synchronisation did not do all it should: each reason has a name and its words.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace nightshift::bridges::git {

/// `docs/formats/git.md` tells what each means and what to do.
enum class TroubleKind {
  // The repository is not in a state in which we may write.
  no_repository,
  unsupported,
  operation_under_way,
  detached,
  other_branch,
  shallow,
  sparse,
  unresolved,
  staged,
  uncommitted,
  locked,
  // The remote.
  unreachable,
  silent,
  denied,
  host_unknown,
  host_changed,
  certificate,
  remote_absent,
  branch_absent,
  rewound,
  refused,
  moved,
  // What came from there.
  hostile,
  forbidden_file,
  too_large,
  // Here.
  full,
  failed,
};

/// `host_changed`.
std::string_view name_of(TroubleKind kind);

/// True for those after which the remote counts as not reached.
bool is_absence(TroubleKind kind);

/// True for those that stay until a person has done something; what neither this nor `is_absence`
/// is passes by itself.
bool waits_for_person(TroubleKind kind);

struct Trouble {
  TroubleKind kind = TroubleKind::failed;
  /// A whole sentence: what is so, and what to do next.
  std::string words;
};

template <class T>
using Outcome = std::expected<T, Trouble>;

inline std::unexpected<Trouble> trouble(TroubleKind kind, std::string words) {
  return std::unexpected(Trouble{kind, std::move(words)});
}

/// `doing: the system's reason`.
Trouble system_trouble(std::string_view doing, int number);

}  // namespace nightshift::bridges::git
