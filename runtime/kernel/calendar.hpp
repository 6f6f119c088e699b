// The calendar around a moment, resolved by the host: the pure part knows no time zone.
#pragma once

#include "messages/time.hpp"

namespace nightshift::kernel {

/// From `begin` on, before `end`.
struct Span {
  Time begin{};
  Time end{};

  bool contains(Time time) const { return begin <= time && time < end; }
  bool operator==(const Span&) const = default;
};

/// The day, the week (from Monday) and the month of one moment in the node's zone.
struct Calendar {
  Span day;
  Span week;
  Span month;
};

}  // namespace nightshift::kernel
