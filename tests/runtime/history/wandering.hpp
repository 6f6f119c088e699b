// Random steps of an entity, written into a journal.
#pragma once

#include "tests/runtime/history/scribe.hpp"
#include "tests/support/dice.hpp"

namespace nightshift::tests {

/// A command (refused or not), a deadline, a dispatch or its end.
void wander(Scribe& scribe, const std::string& entity, Dice& dice);

/// The number in a variable of the environment.
std::uint64_t number_of(const char* variable, std::uint64_t otherwise);

}  // namespace nightshift::tests
