// The node as a member of its owner's: what it is, and that it is there.
#pragma once

#include <filesystem>
#include <memory>

#include "runtime/clock.hpp"
#include "runtime/node.hpp"

namespace nightshift::tools {

/// Declares `member/NODE` with this vault and the repository that it is kept in step with (empty:
/// none), and says every two minutes that it lives.
runtime::supervision::Part presence_part(runtime::Node& node, std::shared_ptr<runtime::Clock> clock,
                                         std::filesystem::path vault, std::string git_remote);

/// The node stops as it was asked to. What it does not say now, its silence says later.
void say_goodbye(runtime::Node& node);

}  // namespace nightshift::tools
