// What keeps the journal over the years, as parts of the node.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/supervision/part.hpp"
#include "runtime/upkeep/routine.hpp"

namespace nightshift::tools {

/// Runs it. Where it does not stop within `patience`, the tree goes on without it.
runtime::supervision::Part routine_part(std::string name,
                                        std::shared_ptr<runtime::upkeep::Routine> routine,
                                        std::chrono::milliseconds patience);

/// The same for the routine of `owner`, whose words outlive each run.
template <class Owner>
runtime::supervision::Part upkeep_part(std::string name, const std::shared_ptr<Owner>& owner,
                                       std::chrono::milliseconds patience) {
  return routine_part(std::move(name),
                      std::shared_ptr<runtime::upkeep::Routine>(owner, &owner->routine()),
                      patience);
}

/// Into the node's log; `bad` where somebody should do something.
void report_upkeep(bool bad, std::string_view line);

}  // namespace nightshift::tools
