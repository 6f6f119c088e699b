// The permission to use a tool, between the proposal and the canonical content.
#pragma once

#include <string>

#include "messages/approval.pb.h"
#include "messages/canonical.hpp"

namespace nightshift::actors {

/// The fields of `docs/formats/permission.md` that stand where a message would.
struct Permission {
  /// What it is about, in the proposer's words.
  std::string title;
  std::string note;
  /// Who wants to use it.
  std::string asker;
  std::string tool;
  /// Which use of it; may be empty.
  std::string use;
  /// JSON text, byte for byte.
  std::string input;
};

Permission permission_of(const approval::Proposal& proposal);

void add_permission(Canonical& content, const Permission& permission);
/// Reads what `add_permission` has added; `corrupt` where a field is missing.
Result<Permission> read_permission(const Canonical& content);

}  // namespace nightshift::actors
