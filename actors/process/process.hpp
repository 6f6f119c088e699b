// The life of an operating-system process: defined, started, online, ended, started again.
#pragma once

#include "messages/process.pb.h"
#include "runtime/kernel/cells.hpp"
#include "runtime/kernel/work.hpp"

namespace nightshift::actors {

namespace process_pb = nightshift::process;

/// What runs is reconciled with these phases from outside: in Launching a run is to be started, in
/// Stopping it is to be ended, and what becomes of it is reported. A run has one id, and never a
/// second copy beside it.
struct Process {
  using Absent = process_pb::State::Absent;
  using Stopped = process_pb::State::Stopped;
  using Waiting = process_pb::State::Waiting;
  using Launching = process_pb::State::Launching;
  using Online = process_pb::State::Online;
  using Stopping = process_pb::State::Stopping;
  using Errored = process_pb::State::Errored;
  using Deleted = process_pb::State::Deleted;

  using Phases =
      kernel::Types<Absent, Stopped, Waiting, Launching, Online, Stopping, Errored, Deleted>;
  using State = Phases::Variant;
  using Commands =
      kernel::Types<process_pb::Define, process_pb::Start, process_pb::Stop, process_pb::Restart,
                    process_pb::Signal, process_pb::Delete, process_pb::ReportStarted,
                    process_pb::ReportReady, process_pb::ReportExited, process_pb::ReportRefused,
                    process_pb::ReportTrouble, process_pb::ReportSignalled, process_pb::Release,
                    process_pb::Hold, process_pb::Refuse, process_pb::Park, process_pb::Relaunch,
                    process_pb::GiveUp>;
  using Events =
      kernel::Events<process_pb::Defined, process_pb::Launched, process_pb::Held,
                     process_pb::Started, process_pb::BecameOnline, process_pb::SignalAsked,
                     process_pb::Signalled, process_pb::StopBegun, process_pb::Exited,
                     process_pb::LaunchFailed, process_pb::BackedOff, process_pb::Parked,
                     process_pb::Halted, process_pb::Quarantined, process_pb::Deleted>;
  using View = process_pb::View;
  using Context = kernel::Context;

  static constexpr std::uint32_t derivation = 2;

  /// Signals that wait to be sent to one run; `overloaded` beyond.
  static constexpr int knocks_max = 64;

  static Result<Events> decide(const Absent&, const process_pb::Define&, const Context&);

  static Result<Events> decide(const Stopped&, const process_pb::Define&, const Context&);
  static Result<Events> decide(const Stopped&, const process_pb::Start&, const Context&);
  static Result<Events> decide(const Stopped&, const process_pb::Stop&, const Context&);
  static Result<Events> decide(const Stopped&, const process_pb::Restart&, const Context&);
  static Result<Events> decide(const Stopped&, const process_pb::Delete&, const Context&);

  static Result<Events> decide(const Waiting&, const process_pb::Define&, const Context&);
  static Result<Events> decide(const Waiting&, const process_pb::Start&, const Context&);
  static Result<Events> decide(const Waiting&, const process_pb::Stop&, const Context&);
  static Result<Events> decide(const Waiting&, const process_pb::Restart&, const Context&);
  static Result<Events> decide(const Waiting&, const process_pb::Delete&, const Context&);
  static Result<Events> decide(const Waiting&, const process_pb::Release&, const Context&);
  static Result<Events> decide(const Waiting&, const process_pb::Hold&, const Context&);
  static Result<Events> decide(const Waiting&, const process_pb::Refuse&, const Context&);
  static Result<Events> decide(const Waiting&, const process_pb::Relaunch&, const Context&);

  static Result<Events> decide(const Launching&, const process_pb::Define&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::Start&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::Stop&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::Restart&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::Signal&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::Delete&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::ReportStarted&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::ReportReady&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::ReportExited&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::ReportRefused&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::ReportTrouble&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::ReportSignalled&,
                               const Context&);
  static Result<Events> decide(const Launching&, const process_pb::Park&, const Context&);
  static Result<Events> decide(const Launching&, const process_pb::GiveUp&, const Context&);

  static Result<Events> decide(const Online&, const process_pb::Define&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::Start&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::Stop&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::Restart&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::Signal&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::Delete&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::ReportExited&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::ReportTrouble&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::ReportSignalled&, const Context&);
  static Result<Events> decide(const Online&, const process_pb::Park&, const Context&);

  // The last word counts for what follows; a deletion is final.
  static Result<Events> decide(const Stopping&, const process_pb::Define&, const Context&);
  static Result<Events> decide(const Stopping&, const process_pb::Start&, const Context&);
  static Result<Events> decide(const Stopping&, const process_pb::Stop&, const Context&);
  static Result<Events> decide(const Stopping&, const process_pb::Restart&, const Context&);
  static Result<Events> decide(const Stopping&, const process_pb::Delete&, const Context&);
  static Result<Events> decide(const Stopping&, const process_pb::ReportStarted&, const Context&);
  static Result<Events> decide(const Stopping&, const process_pb::ReportExited&, const Context&);
  static Result<Events> decide(const Stopping&, const process_pb::ReportRefused&, const Context&);
  static Result<Events> decide(const Stopping&, const process_pb::Park&, const Context&);

  static Result<Events> decide(const Errored&, const process_pb::Define&, const Context&);
  static Result<Events> decide(const Errored&, const process_pb::Start&, const Context&);
  static Result<Events> decide(const Errored&, const process_pb::Stop&, const Context&);
  static Result<Events> decide(const Errored&, const process_pb::Restart&, const Context&);
  static Result<Events> decide(const Errored&, const process_pb::Delete&, const Context&);

  static Result<Events> decide(const Deleted&, const process_pb::Define&, const Context&);
  static Result<Events> decide(const Deleted&, const process_pb::Delete&, const Context&);

  static State evolve(Absent&&, const process_pb::Defined&);   // -> Stopped
  static State evolve(Deleted&&, const process_pb::Defined&);  // -> Stopped
  static State evolve(Stopped&&, const process_pb::Defined&);
  static State evolve(Waiting&&, const process_pb::Defined&);
  static State evolve(Launching&&, const process_pb::Defined&);
  static State evolve(Online&&, const process_pb::Defined&);
  static State evolve(Stopping&&, const process_pb::Defined&);
  static State evolve(Errored&&, const process_pb::Defined&);

  static State evolve(Stopped&&, const process_pb::Launched&);  // -> Launching
  static State evolve(Waiting&&, const process_pb::Launched&);  // -> Launching
  static State evolve(Errored&&, const process_pb::Launched&);  // -> Launching
  static State evolve(Stopped&&, const process_pb::Held&);      // -> Waiting
  static State evolve(Waiting&&, const process_pb::Held&);      // -> Waiting
  static State evolve(Errored&&, const process_pb::Held&);      // -> Waiting

  static State evolve(Launching&&, const process_pb::Started&);
  static State evolve(Stopping&&, const process_pb::Started&);
  static State evolve(Launching&&, const process_pb::BecameOnline&);  // -> Online
  static State evolve(Launching&&, const process_pb::SignalAsked&);
  static State evolve(Online&&, const process_pb::SignalAsked&);
  static State evolve(Launching&&, const process_pb::Signalled&);
  static State evolve(Online&&, const process_pb::Signalled&);

  static State evolve(Launching&&, const process_pb::StopBegun&);  // -> Stopping
  static State evolve(Online&&, const process_pb::StopBegun&);     // -> Stopping
  static State evolve(Stopping&&, const process_pb::StopBegun&);   // -> Stopping

  // An end leads to Stopped, and the event after it says what follows.
  static State evolve(Launching&&, const process_pb::Exited&);        // -> Stopped
  static State evolve(Online&&, const process_pb::Exited&);           // -> Stopped
  static State evolve(Stopping&&, const process_pb::Exited&);         // -> Stopped
  static State evolve(Launching&&, const process_pb::LaunchFailed&);  // -> Stopped
  static State evolve(Stopping&&, const process_pb::LaunchFailed&);   // -> Stopped
  static State evolve(Stopped&&, const process_pb::BackedOff&);       // -> Waiting
  static State evolve(Stopped&&, const process_pb::Parked&);          // -> Waiting
  static State evolve(Stopped&&, const process_pb::Quarantined&);     // -> Errored
  static State evolve(Waiting&&, const process_pb::Quarantined&);     // -> Errored
  static State evolve(Waiting&&, const process_pb::Halted&);          // -> Stopped
  static State evolve(Errored&&, const process_pb::Halted&);          // -> Stopped
  static State evolve(Stopped&&, const process_pb::Deleted&);         // -> Deleted
  static State evolve(Waiting&&, const process_pb::Deleted&);         // -> Deleted
  static State evolve(Errored&&, const process_pb::Deleted&);         // -> Deleted

  /// The end of a backoff; the time by which it must be ready.
  static kernel::Work pending(const Waiting&);
  static kernel::Work pending(const Launching&);

  static View view(const Stopped&);
  static View view(const Waiting&);
  static View view(const Launching&);
  static View view(const Online&);
  static View view(const Stopping&);
  static View view(const Errored&);
  static View view(const Deleted&);
};

}  // namespace nightshift::actors
