// The life of an action: asked for or begun, called once, ended one way or the other.
#pragma once

#include "messages/action.pb.h"
#include "messages/host.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::actors {

namespace action_pb = nightshift::action;

struct Action {
  using Absent = action_pb::State::Absent;
  using Wanted = action_pb::State::Wanted;
  using Calling = action_pb::State::Calling;
  using Begun = action_pb::State::Begun;
  using Succeeded = action_pb::State::Succeeded;
  using Failed = action_pb::State::Failed;
  using Unknown = action_pb::State::Unknown;
  using Doubtful = action_pb::State::Doubtful;

  using Phases =
      kernel::Types<Absent, Wanted, Calling, Begun, Succeeded, Failed, Unknown, Doubtful>;
  using State = Phases::Variant;
  using Commands = kernel::Types<action_pb::Call, action_pb::Resolve, action_pb::Begin,
                                 action_pb::End, action_pb::Lapse>;
  using Events = kernel::Events<action_pb::Asked, action_pb::Begun, action_pb::Answered,
                                action_pb::Concluded, action_pb::Resolved>;
  using View = action_pb::View;
  using Context = kernel::Context;

  /// Longer results are not kept.
  static constexpr std::size_t result_bytes_max = 1u << 20;

  // ---- a free tool: the action owns the call

  static Result<Events> decide(const Absent&, const action_pb::Call&, const Context&);
  static Result<Events> decide(const Calling&, const action_pb::End&, const Context&);
  static Result<Events> decide(const Unknown&, const action_pb::Resolve&, const Context&);

  static State evolve(Absent&&, const action_pb::Asked&);      // -> Wanted
  static State evolve(Wanted&&, const host::Dispatched&);      // -> Calling
  static State evolve(Wanted&&, const host::Ended&);           // -> Failed: it may not be called;
                                                               //    else as below
  static State evolve(Calling&&, const action_pb::Answered&);  // -> Calling, with its result
  static State evolve(Calling&&, const host::Ended&);          // -> Succeeded, Failed, Unknown, or
                                                               //    Wanted: once more
  static State evolve(Unknown&&, const host::Ended&);          // -> Succeeded, Failed
  static State evolve(Unknown&&, const action_pb::Resolved&);  // -> Succeeded, Failed

  // ---- an approved call: the approval owns it, and this is the record

  static Result<Events> decide(const Absent&, const action_pb::Begin&, const Context&);
  static Result<Events> decide(const Begun&, const action_pb::Begin&, const Context&);
  static Result<Events> decide(const Begun&, const action_pb::End&, const Context&);
  static Result<Events> decide(const Begun&, const action_pb::Lapse&, const Context&);
  static Result<Events> decide(const Failed&, const action_pb::Begin&, const Context&);
  static Result<Events> decide(const Doubtful&, const action_pb::Begin&, const Context&);

  static State evolve(Absent&&, const action_pb::Begun&);     // -> Begun
  static State evolve(Begun&&, const action_pb::Begun&);      // -> Begun, another attempt
  static State evolve(Begun&&, const action_pb::Concluded&);  // -> Succeeded, Failed, Doubtful
  static State evolve(Failed&&, const action_pb::Begun&);     // -> Begun, another attempt
  static State evolve(Doubtful&&, const action_pb::Begun&);   // -> Begun, another attempt

  // ---- what is under way, what is shown

  /// The one call, until its end is known.
  static kernel::Work pending(const Wanted&);
  static kernel::Work pending(const Calling&);
  /// When it is too late to hear of it.
  static kernel::Work pending(const Begun&);

  static View view(const Wanted&);
  static View view(const Calling&);
  static View view(const Begun&);
  static View view(const Succeeded&);
  static View view(const Failed&);
  static View view(const Unknown&);
  static View view(const Doubtful&);
};

}  // namespace nightshift::actors
