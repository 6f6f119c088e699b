// The purse: tells other purses.
#pragma once

#include "messages/host.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/kind.hpp"
#include "runtime/kernel/telling.hpp"
#include "tests/support/kinds/parcel.pb.h"
#include "tests/support/kinds/purse.pb.h"

namespace nightshift::tests {

namespace purse_pb = nightshift::purse;

struct Purse {
  using Absent = purse_pb::State::Absent;
  using Open = purse_pb::State::Open;
  using Closed = purse_pb::State::Closed;
  using Phases = kernel::Types<Absent, Open, Closed>;
  using State = Phases::Variant;
  using Commands = kernel::Types<purse_pb::Fill, purse_pb::Pay, purse_pb::Close, purse_pb::Receive>;
  using Events = kernel::Telling<
      kernel::Events<purse_pb::Filled, purse_pb::Paid, purse_pb::Received, purse_pb::WasClosed>,
      purse_pb::Receive>;
  using View = purse_pb::View;
  using Context = kernel::Context;

  static Result<Events> decide(const Absent&, const purse_pb::Fill&, const Context&);
  static Result<Events> decide(const Open&, const purse_pb::Fill&, const Context&);
  static Result<Events> decide(const Open&, const purse_pb::Pay&, const Context&);
  static Result<Events> decide(const Open&, const purse_pb::Receive&, const Context&);
  static Result<Events> decide(const Open&, const purse_pb::Close&, const Context&);
  static Result<Events> decide(const Closed&, const purse_pb::Fill&, const Context&);

  static State evolve(Absent&&, const purse_pb::Filled&);
  static State evolve(Open&&, const purse_pb::Filled&);
  static State evolve(Open&&, const purse_pb::Paid&);
  static State evolve(Open&&, const purse_pb::Received&);
  static State evolve(Open&&, const purse_pb::WasClosed&);
  static State evolve(Closed&&, const purse_pb::Filled&);
  /// The money comes back.
  static State evolve(Open&&, const host::TellRefused&);
  static State evolve(Closed&&, const host::TellRefused&);

  static View view(const Open&);
  static View view(const Closed&);
};

/// A purse with bugs: it cannot decide to receive 13, and cannot fold that it received 14.
struct PurseTorn : Purse {
  using Purse::decide;
  using Purse::evolve;
  static Result<Events> decide(const Open&, const purse_pb::Receive&, const Context&);
  static State evolve(Open&&, const purse_pb::Received&);
};

/// A purse that may tell parcels.
struct PurseStranger : Purse {
  using Events = kernel::Telling<Purse::Events, parcel::Return>;
  static Result<Events> decide(const Absent&, const purse_pb::Fill&, const Context&);
};

std::unique_ptr<const kernel::Kind> purse_kind();
std::unique_ptr<const kernel::Kind> purse_kind_torn();
std::unique_ptr<const kernel::Kind> purse_kind_stranger();

}  // namespace nightshift::tests
