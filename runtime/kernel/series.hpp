// Deadlines that come again and again, and what becomes of those that nobody could act on in time.
#pragma once

#include <chrono>

#include "messages/time.hpp"

namespace nightshift::kernel {

/// A node was down, or its clock was set: turns of a series have passed. A single deadline needs no
/// policy; it fires once, however late.
enum class CatchUp {
  /// Every one of them is acted on, one after the other.
  each,
  /// One act for all of them.
  once,
  /// Only a turn that is not over yet is acted on.
  skip,
};

struct Turn {
  /// Whether to act on the turn that has come.
  bool act = true;
  /// When the next one comes.
  Time next{};
};

/// The turn `due` of a series has come, and it is `now`, not earlier. The turns lie `every` apart,
/// however late one of them is noticed. For `decide`, which writes both answers into its event.
Turn turn_of(Time due, std::chrono::microseconds every, CatchUp catch_up, Time now);

}  // namespace nightshift::kernel
