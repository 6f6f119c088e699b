// The life of a member: declared, on line and off line.
#pragma once

#include <chrono>

#include "messages/member.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::actors {

namespace member_pb = nightshift::member;

struct Member {
  using Absent = member_pb::State::Absent;
  using Online = member_pb::State::Online;
  using Offline = member_pb::State::Offline;

  using Phases = kernel::Types<Absent, Online, Offline>;
  using State = Phases::Variant;
  using Commands = kernel::Types<member_pb::Declare, member_pb::Beat, member_pb::Sync,
                                 member_pb::Leave, member_pb::Miss>;
  using Events = kernel::Events<member_pb::Declared, member_pb::CameOnline, member_pb::Seen,
                                member_pb::Synced, member_pb::WentOffline>;
  using View = member_pb::View;
  using Context = kernel::Context;

  /// A member that nothing was heard of for so long is off line (CONTRACTS.md, sync).
  static constexpr std::chrono::minutes silence_max{5};

  static Result<Events> decide(const Absent&, const member_pb::Declare&, const Context&);
  static Result<Events> decide(const Online&, const member_pb::Declare&, const Context&);
  static Result<Events> decide(const Online&, const member_pb::Beat&, const Context&);
  static Result<Events> decide(const Online&, const member_pb::Sync&, const Context&);
  static Result<Events> decide(const Online&, const member_pb::Leave&, const Context&);
  static Result<Events> decide(const Online&, const member_pb::Miss&, const Context&);
  static Result<Events> decide(const Offline&, const member_pb::Declare&, const Context&);
  static Result<Events> decide(const Offline&, const member_pb::Beat&, const Context&);
  static Result<Events> decide(const Offline&, const member_pb::Sync&, const Context&);

  static State evolve(Absent&&, const member_pb::Declared&);  // -> Offline
  static State evolve(Online&&, const member_pb::Declared&);
  static State evolve(Online&&, const member_pb::Seen&);
  static State evolve(Online&&, const member_pb::Synced&);
  static State evolve(Online&&, const member_pb::WentOffline&);  // -> Offline
  static State evolve(Offline&&, const member_pb::Declared&);
  static State evolve(Offline&&, const member_pb::CameOnline&);  // -> Online
  static State evolve(Offline&&, const member_pb::Synced&);

  /// When it will have been silent for too long.
  static kernel::Work pending(const Online&);

  static View view(const Online&);
  static View view(const Offline&);
};

}  // namespace nightshift::actors
