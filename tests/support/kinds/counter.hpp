// The counter: one number per entity.
#pragma once

#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/kind.hpp"
#include "tests/support/kinds/counter.pb.h"

namespace nightshift::tests {

namespace counter_pb = nightshift::counter;

struct Counter {
  using Absent = counter_pb::State::Absent;
  using Counting = counter_pb::State::Counting;
  using Phases = kernel::Types<Absent, Counting>;
  using State = Phases::Variant;
  using Commands = kernel::Types<counter_pb::Add, counter_pb::Reset>;
  using Events = kernel::Events<counter_pb::Added, counter_pb::WasReset>;
  using View = counter_pb::View;
  using Context = kernel::Context;

  static Result<Events> decide(const Absent&, const counter_pb::Add&, const Context&);
  static Result<Events> decide(const Counting&, const counter_pb::Add&, const Context&);
  static Result<Events> decide(const Counting&, const counter_pb::Reset&, const Context&);

  static State evolve(Absent&&, const counter_pb::Added&);
  static State evolve(Counting&&, const counter_pb::Added&);
  static State evolve(Counting&&, const counter_pb::WasReset&);

  static View view(const Counting&);
};

/// The counter as the host sees it.
std::unique_ptr<const kernel::Kind> counter_kind();

}  // namespace nightshift::tests
