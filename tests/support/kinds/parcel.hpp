// The parcel: what a kind looks like that has changed its events twice.
#pragma once

#include "messages/host.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/kind.hpp"
#include "tests/support/kinds/parcel.pb.h"

namespace nightshift::tests {

namespace parcel_pb = nightshift::parcel;

struct Parcel {
  using Absent = parcel_pb::State::Absent;
  using Posted = parcel_pb::State::Posted;
  using Returned = parcel_pb::State::Returned;
  using Phases = kernel::Types<Absent, Posted, Returned>;
  using State = Phases::Variant;
  using Commands = kernel::Types<parcel_pb::Post, parcel_pb::Return>;
  using Events = kernel::Events<parcel_pb::PostedToPerson, parcel_pb::Returned>;
  using View = parcel_pb::View;
  using Context = kernel::Context;

  static Result<Events> decide(const Absent&, const parcel_pb::Post&, const Context&);
  static Result<Events> decide(const Posted&, const parcel_pb::Return&, const Context&);

  static State evolve(Absent&&, const parcel_pb::PostedToPerson&);
  static State evolve(Posted&&, const parcel_pb::Returned&);

  static kernel::Work pending(const Posted&);
  static View view(const Posted&);
  static View view(const Returned&);

  // Posted -> PostedTo -> PostedToPerson, a step each.
  using Retired = kernel::Types<parcel_pb::Posted, parcel_pb::PostedTo>;
  static parcel_pb::PostedTo upcast(const parcel_pb::Posted&);
  static parcel_pb::PostedToPerson upcast(const parcel_pb::PostedTo&);
  static constexpr std::uint32_t evolver = 3;
  static constexpr std::uint32_t derivation = 2;
};

std::unique_ptr<const kernel::Kind> parcel_kind();

}  // namespace nightshift::tests
