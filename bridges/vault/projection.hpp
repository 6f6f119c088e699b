// Something in the vault that shows what the journal says.
#pragma once

#include <functional>

#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

using Stop = std::function<bool()>;

/// What it writes must bear being done again: after a crash events are seen once more, and never
/// fewer than were missed.
class Projection {
 public:
  virtual ~Projection() = default;

  /// Once, before the first event: notes what is to be compared whatever was projected before.
  virtual Result<void> begin() = 0;
  /// Notes what an event changes.
  virtual void see(const runtime::EventView& event) = 0;
  /// Brings files up to date with what was noted. False if something is left for later.
  virtual bool catch_up(const Stop& stop) = 0;
};

}  // namespace nightshift::bridges::vault
