// What attackers try. None of it may be executed.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "tests/siege/fort.hpp"

namespace nightshift::tests {

struct Attack {
  std::string_view name;
  /// Leaves nothing that waits to be executed, unless it was wanted.
  std::function<void(Fort&)> run;
};

const std::vector<Attack>& attacks();

/// A proposal that honest people approve; it is executed, once.
void honest_work(Fort& fort);

}  // namespace nightshift::tests
