// Events, put together.
#include "actors/process/process_decisions.hpp"

#include <algorithm>

#include <google/protobuf/util/message_differencer.h>

#include "actors/process/restarts.hpp"
#include "messages/process_words.hpp"

namespace nightshift::actors::process_decisions {
namespace {

using namespace process_pb;
using kernel::Context;

std::string by(const Context& context) { return "by " + context.caller.principal; }

std::string dependencies(const ProcessConfig& config) {
  std::string text;
  for (const auto& after : config.after()) text += (text.empty() ? "for " : ", ") + after;
  return text;
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

Quarantined quarantined(std::string detail) {
  Quarantined event;
  event.set_alert("critical_error");
  event.set_detail(std::move(detail));
  return event;
}

/// What follows a failure: another start, at once or later, or none.
void after_failure(Events& events, const Subject& before, std::uint32_t failures,
                   const Reason& reason, const Context& context) {
  auto loop = crash_loop(before, context.now);
  if (loop) {
    loop->append(": ").append(reason.what);
  } else {
    loop = ready_loop(before);
  }
  if (loop) {
    events.add(quarantined(std::move(*loop)));
    return;
  }
  const auto delay = delay_after(before.config(), failures, context.fresh);
  if (delay.count() == 0) {
    events.add(again(context, "again, " + reason.link + " " + reason.what));
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

}  // namespace

// ---- starting

Launched launched(const Context& context, std::string detail) {
  Launched event;
  event.set_run(context.fresh_id(0));
  *event.mutable_at() = to_proto(context.now);
  event.set_detail(std::move(detail));
  return event;
}

Launched again(const Context& context, std::string detail) {
  auto event = launched(context, std::move(detail));
  event.set_again(true);
  return event;
}

Events started(const Subject& subject, const Context& context) {
  Events events;
  start(events, subject, context);
  return events;
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

Events stop(Then then, const Context& context) { return stop_begun(then, context, by(context)); }

Result<Events> turn(const Process::Stopping& phase, Then then, const Context& context) {
  if (phase.then() == then) return Events();
  if (phase.then() == THEN_DELETE) {
    return fail(ErrorCode::wrong_phase, std::string(context.id) + " is being deleted");
  }
  return stop(then, context);
}

// ---- ends

bool is_this_run(const Run& run, const std::string& reported) { return run.id() == reported; }

Exited exited(const Exit& exit, std::string detail) {
  Exited event;
  *event.mutable_exit() = exit;
  event.set_detail(std::move(detail));
  return event;
}

Events failed(const Subject& subject, const Run& run, const Exit& exit, const Reason& reason,
              const Context& context) {
  const auto failures = failures_after(subject, uptime(run, context));
  auto event = exited(exit, describe(exit));
  event.set_failed(true);
  event.set_failures(failures);
  Events events(std::move(event));
  after_failure(events, subject, failures, reason, context);
  return events;
}

Events changed(const Subject& subject, const Exit& exit, const Context& context) {
  const auto& why = subject.cause();
  const auto changes = subject.changes();
  Events events(exited(exit, describe(exit)));
  if (const auto loop = change_loop(subject)) {
    events.add(quarantined(*loop));
    return events;
  }
  const auto delay = changes < 2 ? std::chrono::milliseconds(0)
                                 : delay_after(subject.config(), changes, context.fresh);
  if (delay.count() == 0) {
    events.add(again(context, "as it was to be restarted (" + why + ")"));
    return events;
  }
  BackedOff event;
  *event.mutable_until() = to_proto(context.now + delay);
  event.set_detail("for " + std::to_string(delay.count()) +
                   " ms, as files have changed soon after " + std::to_string(changes) +
                   " starts in a row");
  events.add(std::move(event));
  return events;
}

Events ended(const Subject& subject, const Run& run, const Exit& exit, const Context& context) {
  if (!wants_restart(subject.config(), exit)) return exited(exit, describe(exit));
  if (!exit.unseen()) return failed(subject, run, exit, {"after", describe(exit)}, context);
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
    after_failure(events, subject, failures, {"after", command.detail()}, context);
    return events;
  }
  Quarantined quarantined;
  quarantined.set_alert("failed");
  quarantined.set_detail(command.detail());
  events.add(std::move(quarantined));
  return events;
}

Result<Events> trouble(const Subject& subject, const Run& run, const ReportTrouble& command,
                       std::chrono::microseconds uptime, const Context& context) {
  if (!is_this_run(run, command.run())) return Events();
  const bool files = command.trouble() == TROUBLE_FILES_CHANGED;
  const bool planned = files || command.trouble() == TROUBLE_CRON;
  auto event = stop_begun(planned ? THEN_START : THEN_RECOVER, context, command.detail());
  if (files) {
    event.set_changes(changes_after(subject, uptime));
    event.set_files_changed(true);
  }
  if (command.trouble() == TROUBLE_NEVER_READY) event.set_unready(subject.unready() + 1);
  return event;
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

}  // namespace nightshift::actors::process_decisions
