// Whose moves in the vault decide, and why they would prove nothing
// (docs/decisions/decisions-by-move.md).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "messages/moves.pb.h"
#include "runtime/node.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// Who stands behind moves: the configured owner, else the user of this process.
std::string vault_owner(const runtime::Settings& settings);

/// Empty unless moves decide.
MovePolicy move_policy(const runtime::Settings& settings);

/// Answers, whenever it is asked, who besides the owner could move files of the vault; nothing
/// where that is nobody. Both must outlive it.
std::function<std::optional<std::string>()> doubts_about_moves(const runtime::Node& node,
                                                               const runtime::Settings& settings);

}  // namespace nightshift::tools
