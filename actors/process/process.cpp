// What a process decides.
#include "actors/process/process.hpp"

#include "actors/process/process_decisions.hpp"
#include "actors/process/restarts.hpp"

namespace nightshift::actors {
namespace {

using namespace process_pb;
using namespace process_decisions;
using kernel::Context;

}  // namespace

// ---- nothing runs

Result<Events> Process::decide(const Absent&, const Define& command, const Context& context) {
  return define(nullptr, command, context);
}
Result<Events> Process::decide(const Deleted&, const Define& command, const Context& context) {
  return define(nullptr, command, context);
}
Result<Events> Process::decide(const Deleted&, const Delete&, const Context&) { return Events(); }

Result<Events> Process::decide(const Stopped& phase, const Define& command,
                               const Context& context) {
  return define(&phase.subject(), command, context);
}
Result<Events> Process::decide(const Stopped& phase, const Start&, const Context& context) {
  return started(phase.subject(), context);
}
Result<Events> Process::decide(const Stopped&, const Stop&, const Context&) { return Events(); }
Result<Events> Process::decide(const Stopped& phase, const Restart&, const Context& context) {
  return started(phase.subject(), context);
}
Result<Events> Process::decide(const Stopped&, const Delete&, const Context&) {
  return process_pb::Deleted();
}

Result<Events> Process::decide(const Errored& phase, const Define& command,
                               const Context& context) {
  return define(&phase.subject(), command, context);
}
Result<Events> Process::decide(const Errored& phase, const Start&, const Context& context) {
  return started(phase.subject(), context);
}
Result<Events> Process::decide(const Errored&, const Stop&, const Context&) { return Halted(); }
Result<Events> Process::decide(const Errored& phase, const Restart&, const Context& context) {
  return started(phase.subject(), context);
}
Result<Events> Process::decide(const Errored&, const Delete&, const Context&) {
  return process_pb::Deleted();
}

// ---- it waits

Result<Events> Process::decide(const Waiting& phase, const Define& command,
                               const Context& context) {
  return define(&phase.subject(), command, context);
}
/// A person may cut a backoff short; what it comes after is waited for all the same.
Result<Events> Process::decide(const Waiting& phase, const Start&, const Context& context) {
  if (phase.waits() == WAITS_DEPENDENCIES) return Events();
  return started(phase.subject(), context);
}
Result<Events> Process::decide(const Waiting& phase, const Restart&, const Context& context) {
  return decide(phase, Start(), context);
}
Result<Events> Process::decide(const Waiting&, const Stop&, const Context&) { return Halted(); }
Result<Events> Process::decide(const Waiting&, const Delete&, const Context&) {
  return process_pb::Deleted();
}
Result<Events> Process::decide(const Waiting& phase, const Release&, const Context& context) {
  switch (phase.waits()) {
    case WAITS_DEPENDENCIES: return launched(context, "what it comes after is there");
    case WAITS_NODE:
      if (phase.subject().config().after().empty()) return again(context, "as the node is back");
      return started(phase.subject(), context);
    default: return Events();
  }
}
Result<Events> Process::decide(const Waiting& phase, const Hold& command, const Context&) {
  if (phase.waits() != WAITS_DEPENDENCIES || phase.subject().cause() == command.detail()) {
    return Events();
  }
  Held event;
  event.set_detail(command.detail());
  return event;
}
Result<Events> Process::decide(const Waiting& phase, const Refuse& command, const Context&) {
  if (phase.waits() != WAITS_DEPENDENCIES) return Events();
  Quarantined event;
  event.set_alert("failed");
  event.set_detail(command.detail());
  return event;
}
Result<Events> Process::decide(const Waiting& phase, const Relaunch&, const Context& context) {
  if (phase.waits() != WAITS_BACKOFF) return Events();
  return again(context, "again, as its time to wait is over");
}

// ---- it is being started

Result<Events> Process::decide(const Launching& phase, const Define& command,
                               const Context& context) {
  return define(&phase.subject(), command, context);
}
Result<Events> Process::decide(const Launching&, const Start&, const Context&) { return Events(); }
Result<Events> Process::decide(const Launching&, const Stop&, const Context& context) {
  return stop(THEN_STOP, context);
}
Result<Events> Process::decide(const Launching&, const Restart&, const Context& context) {
  return stop(THEN_START, context);
}
Result<Events> Process::decide(const Launching& phase, const Signal& command,
                               const Context& context) {
  return ask_signal(phase.run(), command, context);
}
Result<Events> Process::decide(const Launching&, const Delete&, const Context& context) {
  return stop(THEN_DELETE, context);
}
Result<Events> Process::decide(const Launching& phase, const ReportStarted& command,
                               const Context& context) {
  if (!is_this_run(phase.run(), command.run()) || phase.run().pid() != 0) return Events();
  Events events(started_event(command));
  if (phase.subject().config().ready().empty()) events.add(online(context, {}));
  return events;
}
Result<Events> Process::decide(const Launching& phase, const ReportReady& command,
                               const Context& context) {
  if (!is_this_run(phase.run(), command.run())) return Events();
  return online(context, command.detail());
}
Result<Events> Process::decide(const Launching& phase, const ReportExited& command,
                               const Context& context) {
  if (!is_this_run(phase.run(), command.run())) return Events();
  return ended(phase.subject(), phase.run(), command.exit(), context);
}
Result<Events> Process::decide(const Launching& phase, const ReportRefused& command,
                               const Context& context) {
  if (!is_this_run(phase.run(), command.run())) return Events();
  return refused(phase.subject(), command, context);
}
Result<Events> Process::decide(const Launching& phase, const ReportTrouble& command,
                               const Context& context) {
  return trouble(phase.subject(), phase.run(), command, {}, context);
}
Result<Events> Process::decide(const Launching& phase, const ReportSignalled& command,
                               const Context&) {
  return signalled(phase.run(), command);
}
Result<Events> Process::decide(const Launching&, const Park&, const Context& context) {
  return stop_begun(THEN_PARK, context, "with the node");
}
Result<Events> Process::decide(const Launching& phase, const GiveUp& command,
                               const Context& context) {
  if (!is_this_run(phase.run(), command.run())) return Events();
  auto event = stop_begun(THEN_RECOVER, context, "it was not ready in time");
  event.set_unready(phase.subject().unready() + 1);
  return event;
}

// ---- it is online

Result<Events> Process::decide(const Online& phase, const Define& command, const Context& context) {
  return define(&phase.subject(), command, context);
}
Result<Events> Process::decide(const Online&, const Start&, const Context&) { return Events(); }
Result<Events> Process::decide(const Online&, const Stop&, const Context& context) {
  return stop(THEN_STOP, context);
}
Result<Events> Process::decide(const Online&, const Restart&, const Context& context) {
  return stop(THEN_START, context);
}
Result<Events> Process::decide(const Online& phase, const Signal& command, const Context& context) {
  return ask_signal(phase.run(), command, context);
}
Result<Events> Process::decide(const Online&, const Delete&, const Context& context) {
  return stop(THEN_DELETE, context);
}
Result<Events> Process::decide(const Online& phase, const ReportExited& command,
                               const Context& context) {
  if (!is_this_run(phase.run(), command.run())) return Events();
  return ended(phase.subject(), phase.run(), command.exit(), context);
}
Result<Events> Process::decide(const Online& phase, const ReportTrouble& command,
                               const Context& context) {
  const auto uptime = context.now - from_proto(phase.online_at());
  return trouble(phase.subject(), phase.run(), command, uptime, context);
}
Result<Events> Process::decide(const Online& phase, const ReportSignalled& command,
                               const Context&) {
  return signalled(phase.run(), command);
}
Result<Events> Process::decide(const Online&, const Park&, const Context& context) {
  return stop_begun(THEN_PARK, context, "with the node");
}

// ---- it is being stopped

Result<Events> Process::decide(const Stopping& phase, const Define& command,
                               const Context& context) {
  return define(&phase.subject(), command, context);
}
Result<Events> Process::decide(const Stopping& phase, const Start&, const Context& context) {
  if (phase.then() == THEN_RECOVER) return Events();
  return turn(phase, THEN_START, context);
}
Result<Events> Process::decide(const Stopping& phase, const Stop&, const Context& context) {
  return turn(phase, THEN_STOP, context);
}
Result<Events> Process::decide(const Stopping& phase, const Restart&, const Context& context) {
  return turn(phase, THEN_START, context);
}
Result<Events> Process::decide(const Stopping& phase, const Delete&, const Context& context) {
  return turn(phase, THEN_DELETE, context);
}
Result<Events> Process::decide(const Stopping& phase, const ReportStarted& command,
                               const Context&) {
  if (!is_this_run(phase.run(), command.run()) || phase.run().pid() != 0) return Events();
  return started_event(command);
}
Result<Events> Process::decide(const Stopping& phase, const Park&, const Context& context) {
  if (phase.then() != THEN_START && phase.then() != THEN_RECOVER) return Events();
  return stop_begun(THEN_PARK, context, "with the node");
}
Result<Events> Process::decide(const Stopping& phase, const ReportExited& command,
                               const Context& context) {
  if (!is_this_run(phase.run(), command.run())) return Events();
  const auto& exit = command.exit();
  const auto& why = phase.subject().cause();
  if (phase.then() == THEN_RECOVER) {
    return failed(phase.subject(), phase.run(), exit, {"as", why + ", " + describe(exit)}, context);
  }
  const auto& subject = phase.subject();
  if (phase.then() == THEN_START && (subject.changes() > 0 || change_loop(subject))) {
    return changed(phase.subject(), exit, context);
  }
  Events events(exited(exit, describe(exit)));
  switch (phase.then()) {
    case THEN_START: events.add(again(context, "as it was to be restarted (" + why + ")")); break;
    case THEN_PARK: events.add(Parked()); break;
    case THEN_DELETE: events.add(process_pb::Deleted()); break;
    default: break;
  }
  return events;
}
Result<Events> Process::decide(const Stopping& phase, const ReportRefused& command,
                               const Context& context) {
  if (!is_this_run(phase.run(), command.run())) return Events();
  if (phase.then() == THEN_RECOVER || phase.then() == THEN_START) {
    return refused(phase.subject(), command, context);
  }
  LaunchFailed event;
  *event.mutable_at() = to_proto(context.now);
  event.set_failures(phase.subject().failures());
  event.set_detail(command.detail());
  Events events(std::move(event));
  if (phase.then() == THEN_PARK) events.add(Parked());
  if (phase.then() == THEN_DELETE) events.add(process_pb::Deleted());
  return events;
}

}  // namespace nightshift::actors
