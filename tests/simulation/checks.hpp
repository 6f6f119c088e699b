// What must hold when a simulated world is quiet.
#pragma once

#include <string>

#include "tests/simulation/world.hpp"

namespace nightshift::tests {

/// Empty, or the first promise that was broken.
std::string check(World& world);

}  // namespace nightshift::tests
