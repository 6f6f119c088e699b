// The life of a synchronised vault: in step with its repository, or how far out of it and why.
#pragma once

#include <concepts>

#include "messages/sync.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::actors {

namespace sync_pb = nightshift::sync;

/// Which phase it is in follows from its last round and what waits for a person (`standing_of`): so
/// the known phases have the same cells.
struct Sync {
  using Absent = sync_pb::State::Absent;
  using Starting = sync_pb::State::Starting;
  using Synced = sync_pb::State::Synced;
  using Ahead = sync_pb::State::Ahead;
  using Behind = sync_pb::State::Behind;
  using Diverged = sync_pb::State::Diverged;
  using Conflict = sync_pb::State::Conflict;
  using Offline = sync_pb::State::Offline;
  using Off = sync_pb::State::Off;

  using Phases =
      kernel::Types<Absent, Starting, Synced, Ahead, Behind, Diverged, Conflict, Offline, Off>;
  using State = Phases::Variant;
  using Commands = kernel::Types<sync_pb::Now, sync_pb::Init, sync_pb::Resolve, sync_pb::Restore,
                                 sync_pb::Define, sync_pb::End, sync_pb::ReportRound,
                                 sync_pb::ReportConflict, sync_pb::ReportSolved,
                                 sync_pb::ReportRestored, sync_pb::ReportInit, sync_pb::Miss>;
  using Events =
      kernel::Events<sync_pb::Defined, sync_pb::Asked, sync_pb::Rounded, sync_pb::Stopped,
                     sync_pb::Conflicted, sync_pb::Resolved, sync_pb::RestoreAsked,
                     sync_pb::Restored, sync_pb::NotRestored, sync_pb::InitAsked,
                     sync_pb::Initialised, sync_pb::WentOffline, sync_pb::Ended>;
  using View = sync_pb::View;
  using Context = kernel::Context;

 private:
  using Subject = sync_pb::Subject;
  template <class Phase>
  static constexpr bool is_known =
      !std::same_as<Phase, Off> && requires(const Phase& phase) { phase.subject(); };
  /// What waits for a person shows, unless it is off line.
  template <class Phase>
  static constexpr bool may_wait = std::same_as<Phase, Conflict> || std::same_as<Phase, Offline>;
  template <class Phase>
  static constexpr bool may_go = is_known<Phase> && !std::same_as<Phase, Offline>;

  static Result<Events> defined(const Subject&, const sync_pb::Define&, const Context&);
  static Result<Events> asked(const sync_pb::Now&, const Context&);
  static Result<Events> resolved(const Subject&, const sync_pb::Resolve&, const Context&);
  static Result<Events> restoring(const Subject&, const sync_pb::Restore&, const Context&);
  static Result<Events> rounded(const Subject&, const sync_pb::ReportRound&, const Context&);
  static Result<Events> conflicted(const Subject&, const sync_pb::ReportConflict&, const Context&);
  static Result<Events> solved(const Subject&, const sync_pb::ReportSolved&);
  static Result<Events> restored(const Subject&, const sync_pb::ReportRestored&);
  static Result<Events> initialised(const Subject&, const sync_pb::ReportInit&);
  static Result<Events> missed(const Subject&, const Context&);

  static void apply(Subject&, const sync_pb::Defined&);
  static void apply(Subject&, const sync_pb::Asked&);
  static void apply(Subject&, const sync_pb::Rounded&);
  static void apply(Subject&, const sync_pb::Stopped&);
  static void apply(Subject&, const sync_pb::Conflicted&);
  static void apply(Subject&, const sync_pb::Resolved&);
  static void apply(Subject&, const sync_pb::RestoreAsked&);
  static void apply(Subject&, const sync_pb::Restored&);
  static void apply(Subject&, const sync_pb::NotRestored&);
  static void apply(Subject&, const sync_pb::InitAsked&);
  static void apply(Subject&, const sync_pb::Initialised&);
  static void apply(Subject&, const sync_pb::WentOffline&);

  template <class Phase, class Event>
  static constexpr bool may_meet =
      is_known<Phase> && (!std::same_as<Event, sync_pb::Resolved> || may_wait<Phase>) &&
      (!std::same_as<Event, sync_pb::WentOffline> || may_go<Phase>);

  static State phase_of(Subject&& subject);
  static kernel::Work work_of(const Subject& subject);
  static View view_of(const Subject& subject);

 public:
  static Result<Events> decide(const Absent&, const sync_pb::Define&, const Context&);
  static Result<Events> decide(const Off&, const sync_pb::Define&, const Context&);
  static Result<Events> decide(const Off&, const sync_pb::End&, const Context&);

  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::Define& command,
                               const Context& context) {
    return defined(phase.subject(), command, context);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase&, const sync_pb::End&, const Context&) {
    return sync_pb::Ended();
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase&, const sync_pb::Now& command, const Context& context) {
    return asked(command, context);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase&, const sync_pb::Init&, const Context& context) {
    sync_pb::InitAsked event;
    event.set_by(context.caller.principal);
    event.set_detail("by " + context.caller.principal);
    return event;
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::ReportInit& command,
                               const Context&) {
    return initialised(phase.subject(), command);
  }
  template <class Phase>
    requires may_wait<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::Resolve& command,
                               const Context& context) {
    return resolved(phase.subject(), command, context);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::Restore& command,
                               const Context& context) {
    return restoring(phase.subject(), command, context);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::ReportRound& command,
                               const Context& context) {
    return rounded(phase.subject(), command, context);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::ReportConflict& command,
                               const Context& context) {
    return conflicted(phase.subject(), command, context);
  }
  template <class Phase>
    requires may_wait<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::ReportSolved& command,
                               const Context&) {
    return solved(phase.subject(), command);
  }
  template <class Phase>
    requires is_known<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::ReportRestored& command,
                               const Context&) {
    return restored(phase.subject(), command);
  }
  template <class Phase>
    requires may_go<Phase>
  static Result<Events> decide(const Phase& phase, const sync_pb::Miss&, const Context& context) {
    return missed(phase.subject(), context);
  }

  static State evolve(Absent&&, const sync_pb::Defined&);  // -> Starting
  static State evolve(Off&&, const sync_pb::Defined&);     // -> Starting, Conflict

  /// -> any known phase
  template <class Phase, class Event>
    requires may_meet<Phase, Event> &&
             requires(Subject& subject, const Event& event) { apply(subject, event); }
  static State evolve(Phase&& phase, const Event& event) {
    auto subject = std::move(*phase.mutable_subject());
    apply(subject, event);
    return phase_of(std::move(subject));
  }
  template <class Phase>
    requires is_known<Phase>
  static State evolve(Phase&& phase, const sync_pb::Ended&) {
    Off off;
    *off.mutable_subject() = std::move(*phase.mutable_subject());
    return off;
  }

  /// When five minutes without the remote are over.
  template <class Phase>
    requires may_go<Phase>
  static kernel::Work pending(const Phase& phase) {
    return work_of(phase.subject());
  }

  template <class Phase>
    requires is_known<Phase>
  static View view(const Phase& phase) {
    return view_of(phase.subject());
  }
  static View view(const Off& phase) {
    auto view = view_of(phase.subject());
    view.set_sync_status("off");
    return view;
  }
};

}  // namespace nightshift::actors
