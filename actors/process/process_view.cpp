// How a process is shown.
#include "actors/process/process.hpp"

namespace nightshift::actors {
namespace {

using namespace process_pb;

View of(const Subject& subject) {
  View view;
  view.set_restart_count(subject.restart_count());
  view.set_cause(subject.cause());
  view.set_app(subject.config().app());
  view.set_agent_type(subject.agent_type());
  view.set_unstable_restarts(subject.failures());
  if (subject.has_last_exit()) *view.mutable_last_exit() = subject.last_exit();
  view.set_log_file_path(subject.out_file());
  view.set_error_file_path(subject.error_file());
  *view.mutable_config() = subject.config();
  return view;
}

View of(const Subject& subject, const Run& run) {
  auto view = of(subject);
  view.set_pid(run.pid());
  view.set_run(run.id());
  *view.mutable_launched_at() = run.launched_at();
  if (run.has_started_at()) *view.mutable_started_at() = run.started_at();
  view.set_boot_id(run.boot_id());
  view.set_start_ticks(run.start_ticks());
  view.set_cgroup(run.cgroup());
  view.set_outdated(run.outdated());
  *view.mutable_knocks() = run.knocks();
  if (run.knocks_size() > 0) view.set_knock(run.knocks(0).id());
  return view;
}

}  // namespace

View Process::view(const Stopped& phase) { return of(phase.subject()); }

View Process::view(const Waiting& phase) {
  auto view = of(phase.subject());
  view.set_waits(phase.waits());
  if (phase.has_until()) *view.mutable_until() = phase.until();
  return view;
}

View Process::view(const Launching& phase) { return of(phase.subject(), phase.run()); }

View Process::view(const Online& phase) {
  auto view = of(phase.subject(), phase.run());
  *view.mutable_online_at() = phase.online_at();
  return view;
}

View Process::view(const Stopping& phase) {
  auto view = of(phase.subject(), phase.run());
  view.set_then(phase.then());
  *view.mutable_stopping_since() = phase.begun_at();
  return view;
}

View Process::view(const Errored& phase) {
  auto view = of(phase.subject());
  view.set_alert(phase.alert());
  return view;
}

View Process::view(const Deleted&) { return {}; }

}  // namespace nightshift::actors
