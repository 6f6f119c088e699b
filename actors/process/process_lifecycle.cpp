// How events move a process on, when it must be woken, and how it is shown.
#include <algorithm>

#include "actors/process/process.hpp"
#include "actors/process/restarts.hpp"

namespace nightshift::actors {
namespace {

using namespace process_pb;
using std::chrono::milliseconds;

constexpr std::uint32_t ready_timeout_ms_default = 60'000;
/// Whoever looks at it says in time what is missing; this is for where nobody looks.
constexpr milliseconds give_up_late{2'000};

template <class Phase>
Phase with(Subject&& subject) {
  Phase phase;
  *phase.mutable_subject() = std::move(subject);
  return phase;
}

Process::State defined(const Defined& event) {
  Process::Stopped phase;
  *phase.mutable_subject()->mutable_config() = event.config();
  phase.mutable_subject()->set_agent_type(event.agent_type());
  phase.mutable_subject()->set_cause("it was not started yet");
  return phase;
}

template <class Phase>
Phase redefined(Phase&& phase, const Defined& event) {
  *phase.mutable_subject()->mutable_config() = event.config();
  phase.mutable_subject()->set_agent_type(event.agent_type());
  return std::forward<Phase>(phase);
}

template <class Phase>
Phase outdated(Phase&& phase, const Defined& event) {
  phase.mutable_run()->set_outdated(true);
  return redefined(std::forward<Phase>(phase), event);
}

Process::State launch(Subject&& subject, const Launched& event) {
  if (event.afresh()) {
    subject.set_failures(0);
    subject.clear_failed_at();
    subject.set_changes(0);
    subject.set_changes_within(0);
    subject.clear_changes_since();
    subject.set_unready(0);
  }
  if (event.again()) subject.set_restart_count(subject.restart_count() + 1);
  subject.set_cause(event.detail());
  auto phase = with<Process::Launching>(std::move(subject));
  phase.mutable_run()->set_id(event.run());
  *phase.mutable_run()->mutable_launched_at() = event.at();
  return phase;
}

Process::State hold(Subject&& subject, const Held& event) {
  subject.set_cause(event.detail());
  auto phase = with<Process::Waiting>(std::move(subject));
  phase.set_waits(WAITS_DEPENDENCIES);
  return phase;
}

template <class Phase>
Phase with_start(Phase&& phase, const Started& event) {
  auto& run = *phase.mutable_run();
  run.set_pid(event.pid());
  run.set_boot_id(event.boot_id());
  run.set_start_ticks(event.start_ticks());
  *run.mutable_started_at() = event.at();
  run.set_cgroup(event.cgroup());
  phase.mutable_subject()->set_out_file(event.out_file());
  phase.mutable_subject()->set_error_file(event.error_file());
  return std::forward<Phase>(phase);
}

void forget_knock(Run& run, const std::string& id) {
  auto& knocks = *run.mutable_knocks();
  const auto found = std::ranges::find(knocks, id, &Knock::id);
  if (found != knocks.end()) knocks.erase(found);
}

Process::State begin_stop(Subject&& subject, Run&& run, const StopBegun& event) {
  subject.set_cause(event.detail());
  subject.set_changes(event.changes());
  subject.set_unready(event.unready());
  if (event.files_changed()) count_change(subject, from_proto(event.at()));
  auto phase = with<Process::Stopping>(std::move(subject));
  *phase.mutable_run() = std::move(run);
  phase.mutable_run()->clear_knocks();
  phase.set_then(event.then());
  *phase.mutable_begun_at() = event.at();
  return phase;
}

Process::State end(Subject&& subject, const Exited& event) {
  *subject.mutable_last_exit() = event.exit();
  subject.set_failures(event.failures());
  subject.set_cause(event.detail());
  if (event.failed()) {
    *subject.add_failed_at() = event.exit().at();
    forget_old(subject, from_proto(event.exit().at()));
  }
  return with<Process::Stopped>(std::move(subject));
}

Process::State fail_launch(Subject&& subject, const LaunchFailed& event) {
  subject.set_failures(event.failures());
  subject.set_cause(event.detail());
  *subject.add_failed_at() = event.at();
  forget_old(subject, from_proto(event.at()));
  return with<Process::Stopped>(std::move(subject));
}

Process::State quarantine(Subject&& subject, const Quarantined& event) {
  subject.set_cause(event.detail());
  auto phase = with<Process::Errored>(std::move(subject));
  phase.set_alert(event.alert());
  return phase;
}

Process::State halt(Subject&& subject) {
  subject.set_cause("it was stopped");
  return with<Process::Stopped>(std::move(subject));
}

}  // namespace

Process::State Process::evolve(Absent&&, const Defined& event) { return defined(event); }
Process::State Process::evolve(Deleted&&, const Defined& event) { return defined(event); }
Process::State Process::evolve(Stopped&& phase, const Defined& event) {
  return redefined(std::move(phase), event);
}
Process::State Process::evolve(Waiting&& phase, const Defined& event) {
  return redefined(std::move(phase), event);
}
Process::State Process::evolve(Launching&& phase, const Defined& event) {
  return outdated(std::move(phase), event);
}
Process::State Process::evolve(Online&& phase, const Defined& event) {
  return outdated(std::move(phase), event);
}
Process::State Process::evolve(Stopping&& phase, const Defined& event) {
  return redefined(std::move(phase), event);
}
Process::State Process::evolve(Errored&& phase, const Defined& event) {
  return redefined(std::move(phase), event);
}

Process::State Process::evolve(Stopped&& phase, const Launched& event) {
  return launch(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Waiting&& phase, const Launched& event) {
  return launch(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Errored&& phase, const Launched& event) {
  return launch(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Stopped&& phase, const Held& event) {
  return hold(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Waiting&& phase, const Held& event) {
  return hold(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Errored&& phase, const Held& event) {
  return hold(std::move(*phase.mutable_subject()), event);
}

Process::State Process::evolve(Launching&& phase, const Started& event) {
  return with_start(std::move(phase), event);
}
Process::State Process::evolve(Stopping&& phase, const Started& event) {
  return with_start(std::move(phase), event);
}
Process::State Process::evolve(Launching&& phase, const BecameOnline& event) {
  auto online = with<Online>(std::move(*phase.mutable_subject()));
  auto& subject = *online.mutable_subject();
  if (!event.detail().empty()) subject.set_cause(event.detail());
  // What has yet to come up may still not be in time.
  if (subject.config().startup().empty()) subject.set_unready(0);
  *online.mutable_run() = std::move(*phase.mutable_run());
  *online.mutable_online_at() = event.at();
  return online;
}
Process::State Process::evolve(Launching&& phase, const SignalAsked& event) {
  *phase.mutable_run()->add_knocks() = event.knock();
  return std::move(phase);
}
Process::State Process::evolve(Online&& phase, const SignalAsked& event) {
  *phase.mutable_run()->add_knocks() = event.knock();
  return std::move(phase);
}
Process::State Process::evolve(Launching&& phase, const Signalled& event) {
  forget_knock(*phase.mutable_run(), event.knock());
  return std::move(phase);
}
Process::State Process::evolve(Online&& phase, const Signalled& event) {
  forget_knock(*phase.mutable_run(), event.knock());
  return std::move(phase);
}

Process::State Process::evolve(Launching&& phase, const StopBegun& event) {
  return begin_stop(std::move(*phase.mutable_subject()), std::move(*phase.mutable_run()), event);
}
Process::State Process::evolve(Online&& phase, const StopBegun& event) {
  return begin_stop(std::move(*phase.mutable_subject()), std::move(*phase.mutable_run()), event);
}
Process::State Process::evolve(Stopping&& phase, const StopBegun& event) {
  phase.mutable_subject()->set_cause(event.detail());
  phase.mutable_subject()->set_changes(event.changes());
  phase.set_then(event.then());
  return std::move(phase);
}

Process::State Process::evolve(Launching&& phase, const Exited& event) {
  return end(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Online&& phase, const Exited& event) {
  phase.mutable_subject()->set_unready(0);
  return end(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Stopping&& phase, const Exited& event) {
  if (phase.then() == THEN_RECOVER || phase.subject().changes() > 0) {
    const auto why = phase.subject().cause();
    auto stopped = end(std::move(*phase.mutable_subject()), event);
    auto& subject = *std::get<Stopped>(stopped).mutable_subject();
    subject.set_cause(why + ", " + subject.cause());
    return stopped;
  }
  return end(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Launching&& phase, const LaunchFailed& event) {
  return fail_launch(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Stopping&& phase, const LaunchFailed& event) {
  return fail_launch(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Stopped&& phase, const BackedOff& event) {
  auto waiting = with<Waiting>(std::move(*phase.mutable_subject()));
  waiting.mutable_subject()->set_cause(event.detail() + ": " + waiting.subject().cause());
  waiting.set_waits(WAITS_BACKOFF);
  *waiting.mutable_until() = event.until();
  return waiting;
}
Process::State Process::evolve(Stopped&& phase, const Parked&) {
  auto waiting = with<Waiting>(std::move(*phase.mutable_subject()));
  waiting.mutable_subject()->set_cause("until the node is back");
  waiting.set_waits(WAITS_NODE);
  return waiting;
}
Process::State Process::evolve(Stopped&& phase, const Quarantined& event) {
  return quarantine(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Waiting&& phase, const Quarantined& event) {
  return quarantine(std::move(*phase.mutable_subject()), event);
}
Process::State Process::evolve(Waiting&& phase, const Halted&) {
  return halt(std::move(*phase.mutable_subject()));
}
Process::State Process::evolve(Errored&& phase, const Halted&) {
  return halt(std::move(*phase.mutable_subject()));
}
Process::State Process::evolve(Stopped&&, const process_pb::Deleted&) { return Deleted(); }
Process::State Process::evolve(Waiting&&, const process_pb::Deleted&) { return Deleted(); }
Process::State Process::evolve(Errored&&, const process_pb::Deleted&) { return Deleted(); }

kernel::Work Process::pending(const Waiting& phase) {
  kernel::Work work;
  if (phase.waits() == WAITS_BACKOFF) {
    work.deadline("relaunch", from_proto(phase.until()), Relaunch());
  }
  return work;
}

kernel::Work Process::pending(const Launching& phase) {
  kernel::Work work;
  const auto& config = phase.subject().config();
  if (config.ready().empty()) return work;
  const milliseconds patience(config.has_ready_timeout_ms() ? config.ready_timeout_ms()
                                                            : ready_timeout_ms_default);
  GiveUp give_up;
  give_up.set_run(phase.run().id());
  work.deadline("ready", from_proto(phase.run().launched_at()) + patience + give_up_late, give_up);
  return work;
}

}  // namespace nightshift::actors
