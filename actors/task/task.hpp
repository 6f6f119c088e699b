// The life of a task: arrived, routed and claimed, drafted, over.
#pragma once

#include <utility>

#include "messages/draft.pb.h"
#include "messages/host.pb.h"
#include "messages/task.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/telling.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::actors {

namespace task_pb = nightshift::task;

struct Task {
  using Absent = task_pb::State::Absent;
  using Waiting = task_pb::State::Waiting;
  using Drafting = task_pb::State::Drafting;
  using Drafted = task_pb::State::Drafted;
  using Stuck = task_pb::State::Stuck;
  using Done = task_pb::State::Done;
  using Dropped = task_pb::State::Dropped;

  using Phases = kernel::Types<Absent, Waiting, Drafting, Drafted, Stuck, Done, Dropped>;
  using State = Phases::Variant;
  using Commands =
      kernel::Types<task_pb::Arrive, task_pb::Edit, task_pb::Assign, task_pb::Retry, task_pb::Close,
                    task_pb::Drop, task_pb::TakeDraft, task_pb::Conclude>;
  using Events = kernel::Telling<
      kernel::Events<task_pb::Arrived, task_pb::Edited, task_pb::LeftToPerson, task_pb::Claimed,
                     task_pb::DraftTaken, task_pb::GotStuck, task_pb::Finished, task_pb::Dropped>,
      draft::Offer>;
  using View = task_pb::View;
  using Context = kernel::Context;

  // ---- decide

  static Result<Events> decide(const Absent&, const task_pb::Arrive&, const Context&);

  static Result<Events> decide(const Waiting&, const task_pb::Edit&, const Context&);
  static Result<Events> decide(const Waiting&, const task_pb::Assign&, const Context&);
  static Result<Events> decide(const Waiting&, const task_pb::Close&, const Context&);
  static Result<Events> decide(const Waiting&, const task_pb::Drop&, const Context&);

  static Result<Events> decide(const Drafting&, const task_pb::Edit&, const Context&);
  static Result<Events> decide(const Drafting&, const task_pb::Assign&, const Context&);
  static Result<Events> decide(const Drafting&, const task_pb::Close&, const Context&);
  static Result<Events> decide(const Drafting&, const task_pb::Drop&, const Context&);
  static Result<Events> decide(const Drafting&, const task_pb::TakeDraft&, const Context&);

  static Result<Events> decide(const Drafted&, const task_pb::Conclude&, const Context&);

  static Result<Events> decide(const Stuck&, const task_pb::Edit&, const Context&);
  static Result<Events> decide(const Stuck&, const task_pb::Assign&, const Context&);
  static Result<Events> decide(const Stuck&, const task_pb::Retry&, const Context&);
  static Result<Events> decide(const Stuck&, const task_pb::Close&, const Context&);
  static Result<Events> decide(const Stuck&, const task_pb::Drop&, const Context&);
  static Result<Events> decide(const Stuck&, const task_pb::TakeDraft&, const Context&);
  static Result<Events> decide(const Stuck&, const task_pb::Conclude&, const Context&);

  // ---- evolve

  static State evolve(Absent&&, const task_pb::Arrived&);  // -> Waiting

  static State evolve(Waiting&&, const task_pb::Edited&);        // -> Waiting
  static State evolve(Waiting&&, const task_pb::LeftToPerson&);  // -> Waiting
  static State evolve(Waiting&&, const task_pb::Claimed&);       // -> Drafting
  static State evolve(Waiting&&, const task_pb::Finished&);      // -> Done
  static State evolve(Waiting&&, const task_pb::Dropped&);       // -> Dropped

  static State evolve(Drafting&&, const task_pb::Edited&);        // -> Drafting, routed next
  static State evolve(Drafting&&, const task_pb::LeftToPerson&);  // -> Waiting
  static State evolve(Drafting&&, const task_pb::Claimed&);       // -> Drafting, anew
  static State evolve(Drafting&&, const task_pb::DraftTaken&);    // -> Drafted
  static State evolve(Drafting&&, const host::Ended&);            // -> Stuck, unless handed in
  static State evolve(Drafting&&, const task_pb::Finished&);      // -> Done
  static State evolve(Drafting&&, const task_pb::Dropped&);       // -> Dropped

  static State evolve(Drafted&&, const task_pb::GotStuck&);  // -> Stuck
  static State evolve(Drafted&&, const task_pb::Finished&);  // -> Done
  static State evolve(Drafted&&, const task_pb::Dropped&);   // -> Dropped

  static State evolve(Stuck&&, const task_pb::Edited&);        // -> Stuck, routed next
  static State evolve(Stuck&&, const task_pb::LeftToPerson&);  // -> Waiting
  static State evolve(Stuck&&, const task_pb::Claimed&);       // -> Drafting
  static State evolve(Stuck&&, const task_pb::DraftTaken&);    // -> Drafted
  static State evolve(Stuck&&, const task_pb::GotStuck&);      // -> Stuck
  static State evolve(Stuck&&, const task_pb::Finished&);      // -> Done
  static State evolve(Stuck&&, const task_pb::Dropped&);       // -> Dropped

  /// A draft that does not want to be offered has ended, and says so itself.
  template <class Phase>
  static State evolve(Phase&& phase, const host::TellRefused&) {
    return std::forward<Phase>(phase);
  }

  // ---- what is under way, what is shown

  /// The one effect: the agent drafts, until a draft was handed in.
  static kernel::Work pending(const Drafting&);

  static View view(const Waiting&);
  static View view(const Drafting&);
  static View view(const Drafted&);
  static View view(const Stuck&);
  static View view(const Done&);
  static View view(const Dropped&);

  /// The indexed fields alone.
  static View indexed(const auto& phase) { return indexed_of(phase.subject()); }
  static View indexed(const Absent&) { return {}; }

 private:
  static View indexed_of(const task_pb::Subject& subject);
};

}  // namespace nightshift::actors
