// What must have become of everything that simulated purses told each other.
#pragma once

#include <string>

#include "tests/simulation/world.hpp"

namespace nightshift::tests {

/// Empty, or the first promise that was broken: each Tell was accepted once or refused once, in its
/// order, and no money is gone or new.
std::string check_tells(World& world);

}  // namespace nightshift::tests
