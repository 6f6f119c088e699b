// What is done for one process: the one thing that is next.
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bridges/process/keeper/speech.hpp"
#include "bridges/process/reconciler.hpp"
#include "messages/process_words.hpp"

namespace nightshift::bridges::process {
namespace {

namespace pb = nightshift::process;

pb::Exit exit_of(const keeper::Exited& exited) {
  pb::Exit exit;
  switch (exited.how_case()) {
    case keeper::Exited::kCode: exit.set_code(exited.code()); break;
    case keeper::Exited::kSignal:
      exit.set_signal(signal_name(static_cast<int>(exited.signal())));
      break;
    default: exit.set_unseen(true); break;
  }
  *exit.mutable_at() = to_proto(time_from_us(exited.at_us()));
  exit.set_detail(exited.detail());
  return exit;
}

bool has_said(const keeper::Started& started, const Check& check) {
  return std::ranges::any_of(started.said(), [&check](const keeper::Said& said) {
    switch (check.way) {
      case Check::Way::notify: return said.notify_ready();
      case Check::Way::ipc: return said.ipc_ready();
      case Check::Way::output: return said.pattern() == check.text;
      default: return false;
    }
  });
}

/// Both ends of a run that the keeper has made.
Result<runtime::StreamEnds> open_streams(const std::string& run, const std::string& place) {
  const auto open = [](const std::filesystem::path& path, int mode) {
    return runtime::Descriptor(::open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  };
  runtime::StreamEnds ends{run, open(speech_input(place), O_WRONLY),
                           open(speech_output(place), O_RDONLY)};
  if (ends.input && ends.output) return ends;
  return fail(ErrorCode::io,
              "its streams cannot be opened: " + place + ": " + std::strerror(errno));
}

}  // namespace

template <class Message>
void Reconciler::submit(const std::string& name, const Message& message) {
  desks_[name].busy = true;
  runtime::Command command;
  command.entity = {"process", name};
  command.body = std::make_shared<Message>(message);
  command.caller = kernel::Caller::of_host();
  node_.submit(std::move(command),
               [mailbox = mailbox_, name](const Result<runtime::Answer>& answer) {
                 mailbox->answered({name, answer.has_value(), answer ? Error() : answer.error()});
               });
}

void Reconciler::reconcile(const std::string& name) {
  const auto found = standings_.find(name);
  if (found == standings_.end() || desks_[name].busy) return;
  const auto standing = found->second;
  if (standing.is_active()) return reconcile_run(name, standing);
  desks_[name].vigil.reset();
  if (options_.streams) options_.streams->withdraw(name);
  if (standing.status == "waiting" && !parking_) {
    reconcile_waiting(name, standing);
  }
}

void Reconciler::reconcile_waiting(const std::string& name, const Standing& standing) {
  const auto waits = standing.view->waits();
  if (waits == pb::WAITS_NODE) return submit(name, pb::Release());
  if (waits != pb::WAITS_DEPENDENCIES) return;
  const auto verdict = may_start(name, standings_);
  switch (verdict.what) {
    case Verdict::What::go: return submit(name, pb::Release());
    case Verdict::What::never: {
      pb::Refuse refuse;
      refuse.set_detail(verdict.detail);
      return submit(name, refuse);
    }
    case Verdict::What::wait: break;
  }
  if (standing.view->cause() == verdict.detail) return;
  pb::Hold hold;
  hold.set_detail(verdict.detail);
  submit(name, hold);
}

void Reconciler::reconcile_run(const std::string& name, const Standing& standing) {
  auto& desk = desks_[name];
  if (desk.refused) {
    pb::ReportRefused report;
    report.set_run(desk.refused->run());
    report.set_detail(desk.refused->detail());
    report.set_lasting(desk.refused->lasting());
    desk.refused = nullptr;
    desk.start_asked.clear();
    return submit(name, report);
  }
  if (!keeper_.is_connected()) return;
  const auto child = keeper_.children().find(standing.view->run());
  if (child == keeper_.children().end() || child->second.started.run().empty()) {
    return see_to_missing(name, standing);
  }
  see_to_run(name, standing, child->second);
}

void Reconciler::see_to_run(const std::string& name, const Standing& standing,
                            const KeptChild& child) {
  const auto& view = *standing.view;
  offer_streams(name, child);
  if (report_life(name, standing, child)) return;
  if (standing.status == "stopping") return stop(name, view.run());
  if (parking_) return park_one(name, standing);
  auto& desk = desks_[name];
  if (desk.knocked && desk.knocked->id() == view.knock()) {
    pb::ReportSignalled report;
    report.set_run(view.run());
    report.set_knock(desk.knocked->id());
    report.set_refused(desk.knocked->refused());
    desk.knocked = nullptr;
    return submit(name, report);
  }
  if (view.knocks_size() > 0 && desk.knock_asked != view.knock()) knock(name, view);
  attend(name, standing, child);
}

/// That it has started, that it has ended: true where the journal does not know it yet.
bool Reconciler::report_life(const std::string& name, const Standing& standing,
                             const KeptChild& child) {
  const auto& view = *standing.view;
  if (view.pid() == 0) {
    pb::ReportStarted report;
    report.set_run(view.run());
    report.set_pid(child.started.pid());
    report.set_boot_id(keeper_.boot_id());
    report.set_start_ticks(child.started.start_ticks());
    *report.mutable_at() = to_proto(time_from_us(child.started.at_us()));
    report.set_out_file(child.started.out_file());
    report.set_error_file(child.started.error_file());
    report.set_cgroup(child.started.cgroup());
    submit(name, report);
    return true;
  }
  if (!child.exited) return false;
  pb::ReportExited report;
  report.set_run(view.run());
  *report.mutable_exit() = exit_of(*child.exited);
  submit(name, report);
  return true;
}

void Reconciler::offer_streams(const std::string& name, const KeptChild& child) {
  const auto& place = child.started.streams();
  if (place.empty() || !options_.streams) return;
  if (child.exited) return options_.streams->withdraw(name);
  const auto& run = child.started.run();
  options_.streams->offer(name, run, desks_[name].started_here == run,
                          [run, place] { return open_streams(run, place); });
}

void Reconciler::stop(const std::string& name, const std::string& run) {
  auto& desk = desks_[name];
  desk.vigil.reset();
  if (desk.stop_asked == run) return;
  keeper::ToKeeper asked;
  asked.mutable_stop()->set_run(run);
  keeper_.send(asked);
  desk.stop_asked = run;
}

void Reconciler::knock(const std::string& name, const pb::View& view) {
  keeper::ToKeeper asked;
  asked.mutable_knock()->set_run(view.run());
  asked.mutable_knock()->set_id(view.knock());
  asked.mutable_knock()->set_signal(
      static_cast<std::uint32_t>(signal_number(view.knocks(0).signal())));
  keeper_.send(asked);
  desks_[name].knock_asked = view.knock();
}

// ---- its vigil

Result<void> Reconciler::begin_vigil(const std::string& name, const pb::View& view,
                                     std::vector<std::string> own_files) {
  auto& desk = desks_[name];
  desk.attended = view.run();
  desk.vigil.reset();
  auto vigil =
      Vigil::begin(view.run(), view.config(), std::move(own_files), node_.clock(), options_.zone);
  if (!vigil) return std::unexpected(vigil.error());
  desk.vigil = std::move(*vigil);
  return {};
}

void Reconciler::attend(const std::string& name, const Standing& standing, const KeptChild& child) {
  const auto& view = *standing.view;
  auto& desk = desks_[name];
  if (desk.attended != view.run()) {
    // One that another node has started.
    const auto begun = begin_vigil(name, view, {view.log_file_path(), view.error_file_path()});
    if (!begun) log(name + ": it runs, and is not watched: " + begun.error().detail);
  }
  const bool online = standing.status == "online";
  if (desk.vigil) {
    desk.vigil->look({online ? std::optional(from_proto(view.online_at())) : std::nullopt,
                      [&child](const Check& check) { return has_said(child.started, check); },
                      [this, &view] { return memory_of(view); }});
    if (const auto& finding = desk.vigil->finding()) {
      pb::ReportTrouble report;
      report.set_run(view.run());
      report.set_trouble(finding->trouble);
      report.set_detail(finding->detail);
      return submit(name, report);
    }
  }
  if (online || (desk.vigil && !desk.vigil->ready())) return;
  pb::ReportReady report;
  report.set_run(view.run());
  if (desk.vigil) report.set_detail(*desk.vigil->ready());
  submit(name, report);
}

std::uint64_t Reconciler::memory_of(const pb::View& view) {
  constexpr std::chrono::seconds fresh_for{1};
  const auto now = node_.clock().elapsed();
  if (!census_at_ || now - *census_at_ >= fresh_for) {
    census_ = Census::take();
    census_at_ = now;
  }
  const auto group = view.cgroup().empty() ? Group() : Group::found(view.cgroup());
  const Tree tree{view.run(), {static_cast<pid_t>(view.pid()), view.start_ticks()}};
  return memory_bytes(tree, group, census_);
}

/// The keeper knows nothing of its run.
void Reconciler::see_to_missing(const std::string& name, const Standing& standing) {
  const auto& view = *standing.view;
  if (view.pid() != 0) {
    pb::ReportExited report;
    report.set_run(view.run());
    report.mutable_exit()->set_unseen(true);
    *report.mutable_exit()->mutable_at() = to_proto(node_.clock().now());
    report.mutable_exit()->set_detail("its keeper has ended");
    return submit(name, report);
  }
  if (desks_[name].start_asked == view.run()) return;
  if (standing.status == "stopping") {
    pb::ReportRefused report;
    report.set_run(view.run());
    report.set_detail("it was to be stopped before it was started");
    return submit(name, report);
  }
  if (parking_) return park_one(name, standing);
  // A second copy is never started beside a first: that one is ended as unclaimed.
  const bool other = std::ranges::any_of(keeper_.children(), [&name](const auto& child) {
    return child.second.started.instance() == name && !child.second.exited;
  });
  if (!other) start(name, standing);
}

void Reconciler::start(const std::string& name, const Standing& standing) {
  const auto& view = *standing.view;
  auto launch = launch_of(view.config(), name, view.run(), options_.places, options_.secret);
  auto possible = launch ? begin_vigil(name, view, {launch->out().path(), launch->error().path()})
                         : Result<void>(std::unexpected(launch.error()));
  if (!possible) {
    pb::ReportRefused report;
    report.set_run(view.run());
    report.set_detail(possible.error().detail);
    report.set_lasting(true);
    return submit(name, report);
  }
  keeper::ToKeeper asked;
  *asked.mutable_start() = std::move(*launch);
  if (options_.crash_point) options_.crash_point("process.before_start");
  keeper_.send(asked);
  if (options_.crash_point) options_.crash_point("process.after_start");
  for (auto& variable : *asked.mutable_start()->mutable_environment()) runtime::wipe(variable);
  desks_[name].start_asked = view.run();
  desks_[name].started_here = view.run();
}

void Reconciler::park_one(const std::string& name, const Standing& standing) {
  if (standing.status == "stopping" || is_needed(name, standings_)) return;
  submit(name, pb::Park());
}

}  // namespace nightshift::bridges::process
