// What a process decides.
#include "actors/process/process.hpp"

#include <algorithm>

#include <google/protobuf/util/message_differencer.h>

#include "actors/process/restarts.hpp"
#include "messages/process_words.hpp"

namespace nightshift::actors {
namespace {

using namespace process_pb;
using kernel::Context;
using Events = Process::Events;

// ---- starting

std::string dependencies(const ProcessConfig& config) {
  std::string text;
  for (const auto& after : config.after()) text += (text.empty() ? "for " : ", ") + after;
  return text;
}

Launched launched(const Context& context, std::string detail) {
  Launched event;
  event.set_run(context.fresh_id(0));
  *event.mutable_at() = to_proto(context.now);
  event.set_detail(std::move(detail));
  return event;
}

/// A person wants it to run: first what it comes after.
void start(Events& events, const Subject& subject, const Context& context) {
  if (subject.config().after().empty()) {
    auto event = launched(context, "by " + context.caller.principal);
    event.set_afresh(true);
    events.add(std::move(event));
  } else {
    Held event;
    event.set_detail(dependencies(subject.config()));
    events.add(std::move(event));
  }
}

Events started(const Subject& subject, const Context& context) {
  Events events;
  start(events, subject, context);
  return events;
}

/// It ran, and runs again without a person's start.
Launched again(const Context& context, std::string detail) {
  auto event = launched(context, std::move(detail));
  event.set_again(true);
  return event;
}

// ---- definitions

Result<Events> define(const Subject* before, const Define& command, const Context& context) {
  if (before != nullptr && command.new_only()) {
    return fail(ErrorCode::wrong_phase,
                "there is a process " + std::string(context.id) +
                    " already; choose another name, or delete it first",
                "id");
  }
  if (auto good = check_process_config(command.config()); !good) {
    return std::unexpected(good.error());
  }
  Events events;
  Defined event;
  *event.mutable_config() = command.config();
  if (event.config().app().empty()) event.mutable_config()->set_app(std::string(context.id));
  event.set_agent_type(context.node.role);
  const bool same = before != nullptr && google::protobuf::util::MessageDifferencer::Equals(
                                             before->config(), event.config());
  if (same) return events;
  event.set_detail("by " + context.caller.principal);
  Subject subject;
  *subject.mutable_config() = event.config();
  events.add(std::move(event));
  if (before == nullptr && command.start()) start(events, subject, context);
  return events;
}

// ---- stopping

StopBegun stop_begun(Then then, const Context& context, std::string detail) {
  StopBegun event;
  event.set_then(then);
  *event.mutable_at() = to_proto(context.now);
  event.set_detail(std::move(detail));
  return event;
}

std::string by(const Context& context) { return "by " + context.caller.principal; }

Events stop(Then then, const Context& context) { return stop_begun(then, context, by(context)); }

/// It is being stopped already: what follows may still change.
Result<Events> turn(const Process::Stopping& phase, Then then, const Context& context) {
  if (phase.then() == then) return Events();
  if (phase.then() == THEN_DELETE) {
    return fail(ErrorCode::wrong_phase, std::string(context.id) + " is being deleted");
  }
  return stop(then, context);
}

// ---- ends

bool is_this_run(const Run& run, const std::string& reported) { return run.id() == reported; }

/// What follows a failure: another start, at once or later, or none.
void after_failure(Events& events, const Subject& before, std::uint32_t failures,
                   const std::string& what, const Context& context) {
  if (const auto loop = crash_loop(before, context.now)) {
    Quarantined event;
    event.set_alert("critical_error");
    event.set_detail(*loop + ": " + what);
    events.add(std::move(event));
    return;
  }
  const auto delay = delay_after(before.config(), failures, context.fresh);
  if (delay.count() == 0) {
    events.add(again(context, "again, after " + what));
    return;
  }
  BackedOff event;
  *event.mutable_until() = to_proto(context.now + delay);
  event.set_detail("for " + std::to_string(delay.count()) + " ms, after " +
                   std::to_string(failures) + (failures == 1 ? " failure" : " failures in a row"));
  events.add(std::move(event));
}

std::chrono::microseconds uptime(const Run& run, const Context& context) {
  return run.pid() == 0 ? std::chrono::microseconds(0) : context.now - from_proto(run.started_at());
}

Exited exited(const Exit& exit, std::string detail) {
  Exited event;
  *event.mutable_exit() = exit;
  event.set_detail(std::move(detail));
  return event;
}

/// It failed, or was ended because it was not well.
Events failed(const Subject& subject, const Run& run, const Exit& exit, const Context& context) {
  const auto failures = failures_after(subject, uptime(run, context));
  auto event = exited(exit, describe(exit));
  event.set_failed(true);
  event.set_failures(failures);
  Events events(std::move(event));
  after_failure(events, subject, failures, describe(exit), context);
  return events;
}

/// Nobody asked it to end.
Events ended(const Subject& subject, const Run& run, const Exit& exit, const Context& context) {
  if (!wants_restart(subject.config(), exit)) return exited(exit, describe(exit));
  if (!exit.unseen()) return failed(subject, run, exit, context);
  Events events(exited(exit, describe(exit)));
  if (subject.config().after().empty()) {
    events.add(again(context, "again, as it was running"));
  } else {
    Held held;
    held.set_detail(dependencies(subject.config()));
    events.add(std::move(held));
  }
  return events;
}

Result<Events> refused(const Subject& subject, const ReportRefused& command,
                       const Context& context) {
  LaunchFailed event;
  *event.mutable_at() = to_proto(context.now);
  event.set_failures(subject.failures() + 1);
  event.set_detail(command.detail());
  const auto failures = event.failures();
  Events events(std::move(event));
  if (!command.lasting()) {
    after_failure(events, subject, failures, command.detail(), context);
    return events;
  }
  Quarantined quarantined;
  quarantined.set_alert("failed");
  quarantined.set_detail(command.detail());
  events.add(std::move(quarantined));
  return events;
}

Result<Events> trouble(const Run& run, const ReportTrouble& command, const Context& context) {
  if (!is_this_run(run, command.run())) return Events();
  const bool planned =
      command.trouble() == TROUBLE_CRON || command.trouble() == TROUBLE_FILES_CHANGED;
  return stop_begun(planned ? THEN_START : THEN_RECOVER, context, command.detail());
}

// ---- signals

Result<Events> ask_signal(const Run& run, const Signal& command, const Context& context) {
  if (!is_signal_name(command.signal())) {
    return fail(ErrorCode::invalid,
                "there is no signal \"" + command.signal() +
                    "\"; SIGHUP, SIGUSR1 and SIGUSR2 "
                    "are usual",
                "signal");
  }
  if (run.knocks_size() >= Process::knocks_max) {
    return fail(ErrorCode::overloaded, "too many signals wait to be sent; try again");
  }
  SignalAsked event;
  event.mutable_knock()->set_id(context.fresh_id(1));
  event.mutable_knock()->set_signal(command.signal());
  event.set_detail(command.signal() + ", " + by(context));
  return event;
}

Result<Events> signalled(const Run& run, const ReportSignalled& command) {
  const auto asked = std::ranges::find(run.knocks(), command.knock(), &Knock::id);
  if (!is_this_run(run, command.run()) || asked == run.knocks().end()) return Events();
  Signalled event;
  event.set_knock(command.knock());
  event.set_detail(command.refused().empty() ? asked->signal()
                                             : asked->signal() + ": " + command.refused());
  return event;
}

Started started_event(const ReportStarted& command) {
  Started event;
  event.set_run(command.run());
  event.set_pid(command.pid());
  event.set_boot_id(command.boot_id());
  event.set_start_ticks(command.start_ticks());
  *event.mutable_at() = command.at();
  event.set_out_file(command.out_file());
  event.set_error_file(command.error_file());
  event.set_cgroup(command.cgroup());
  event.set_detail("pid " + std::to_string(command.pid()));
  return event;
}

BecameOnline online(const Context& context, std::string detail) {
  BecameOnline event;
  *event.mutable_at() = to_proto(context.now);
  event.set_detail(std::move(detail));
  return event;
}

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
  return trouble(phase.run(), command, context);
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
  return stop_begun(THEN_RECOVER, context, "it was not ready in time");
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
  return trouble(phase.run(), command, context);
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
  if (phase.then() == THEN_RECOVER) return failed(phase.subject(), phase.run(), exit, context);
  Events events(exited(exit, describe(exit)));
  switch (phase.then()) {
    case THEN_START: events.add(again(context, "as it was to be restarted")); break;
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
