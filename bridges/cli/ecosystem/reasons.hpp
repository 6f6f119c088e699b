// Fields of PM2 that have no counterpart here.
#pragma once

#include <span>
#include <string_view>

namespace nightshift::bridges::cli::ecosystem {

struct Reason {
  std::string_view name;
  /// For people: why, and what there is instead.
  std::string_view why;
};

std::span<const Reason> reasons();

}  // namespace nightshift::bridges::cli::ecosystem
