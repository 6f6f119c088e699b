// Looks, compares, acts.
#include "bridges/process/reconciler.hpp"

#include <poll.h>

#include <algorithm>

#include "messages/process_words.hpp"

namespace nightshift::bridges::process {
namespace {

namespace pb = nightshift::process;

constexpr std::size_t page = 1000;

std::shared_ptr<const pb::View> view_of(const runtime::Answer& answer) {
  return std::dynamic_pointer_cast<const pb::View>(answer.view);
}

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

}  // namespace

Reconciler::Reconciler(runtime::Node& node, ProcessOptions options, Place place)
    : node_(node),
      options_(std::move(options)),
      keeper_(std::move(place), options_.keeper),
      mailbox_(std::make_shared<Mailbox>()) {
  watch_ = node_.watch([mailbox = mailbox_](std::uint64_t) { mailbox->journal_has_grown(); });
}

Reconciler::~Reconciler() = default;

Result<void> Reconciler::load() {
  offset_ = node_.head().offset;
  runtime::ListQuery query;
  query.kind = "process";
  query.limit = page;
  do {
    auto listed = node_.list(query);
    if (!listed) return std::unexpected(listed.error());
    for (const auto& item : listed->items) {
      if (auto view = view_of(item)) standings_[item.entity.id] = {item.status, std::move(view)};
      dirty_.insert(item.entity.id);
    }
    query.after = listed->next;
  } while (!query.after.empty());
  if (auto connected = keeper_.connect(false); !connected)
    return std::unexpected(connected.error());
  return {};
}

void Reconciler::park() {
  if (std::exchange(parking_, true)) return;
  for (const auto& [name, standing] : standings_) dirty_.insert(name);
}

bool Reconciler::is_parked() const {
  return parking_ && active() == 0 &&
         std::ranges::none_of(desks_, [](const auto& desk) { return desk.second.busy; });
}

std::size_t Reconciler::active() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      standings_, [](const auto& standing) { return standing.second.is_active(); }));
}

void Reconciler::dismiss_keeper() {
  if (!keeper_.is_connected() && !keeper_.connect(false).value_or(false)) return;
  keeper::ToKeeper asked;
  asked.mutable_quit();
  keeper_.send(asked);
  keeper_.disconnect();
}

void Reconciler::log(const std::string& line) const {
  if (options_.log) options_.log(line);
}

// ---- news

void Reconciler::turn() {
  keep_connected();
  const auto dirty = std::exchange(dirty_, {});
  for (const auto& name : dirty) reconcile(name);
  end_unclaimed();
  if (dirty_.empty()) wait();
  hear_mailbox();
  hear_keeper();
}

void Reconciler::wait() {
  pollfd watched[]{
      {mailbox_->descriptor(), POLLIN, 0},
      {keeper_.descriptor(), static_cast<short>(POLLIN | (keeper_.has_unsent() ? POLLOUT : 0)), 0}};
  const auto patience = retry_ ? static_cast<int>(options_.retry_every.count()) : -1;
  if (::poll(watched, 2, patience) == 0) {
    retry_ = false;
    for (const auto& [name, standing] : standings_) dirty_.insert(name);
  }
}

void Reconciler::hear_mailbox() {
  for (const auto& answer : mailbox_->take()) {
    desks_[answer.process].busy = false;
    dirty_.insert(answer.process);
    if (answer.accepted) continue;
    // Its state has changed meanwhile, or the journal takes nothing now: looked at again.
    trouble_ = answer.process + ": " + std::string(answer.error.message());
    log(trouble_);
    dirty_.erase(answer.process);
    retry_ = true;
  }
  hear_journal();
}

void Reconciler::hear_journal() {
  std::set<std::string> changed;
  while (true) {
    const auto events = node_.events(offset_, page);
    if (!events || events->empty()) break;
    for (const auto& event : *events) {
      offset_ = event.offset;
      if (event.record.kind() == "process") changed.insert(event.record.entity());
    }
  }
  for (const auto& name : changed) refresh(name);
  if (changed.empty()) return;
  // What waits for one of them may go now; what one of them needs may be stopped.
  for (const auto& [name, standing] : standings_) {
    if (standing.status == "waiting" || parking_) dirty_.insert(name);
  }
}

void Reconciler::refresh(const std::string& name) {
  const auto answer = node_.get({"process", name});
  if (!answer) return;
  if (auto view = view_of(*answer)) standings_[name] = {answer->status, std::move(view)};
  dirty_.insert(name);
}

void Reconciler::hear_keeper() {
  if (!keeper_.is_connected()) return;
  if (keeper_.hear([this](const keeper::FromKeeper& news) { take(news); })) return;
  lose_keeper("the keeper has gone");
}

void Reconciler::take(const keeper::FromKeeper& news) {
  const auto of_run = [this](const std::string& run) {
    const auto found = std::ranges::find_if(
        standings_, [&run](const auto& standing) { return standing.second.view->run() == run; });
    if (found != standings_.end()) dirty_.insert(found->first);
    return found == standings_.end() ? nullptr : &desks_[found->first];
  };
  switch (news.what_case()) {
    case keeper::FromKeeper::kStarted: of_run(news.started().run()); break;
    case keeper::FromKeeper::kSaid: of_run(news.said().run()); break;
    case keeper::FromKeeper::kExited: of_run(news.exited().run()); break;
    case keeper::FromKeeper::kRefused:
      if (auto* desk = of_run(news.refused().run())) {
        desk->refused = std::make_unique<keeper::Refused>(news.refused());
      }
      break;
    case keeper::FromKeeper::kKnocked:
      if (auto* desk = of_run(news.knocked().run())) {
        desk->knocked = std::make_unique<keeper::Knocked>(news.knocked());
      }
      break;
    default: break;
  }
}

// ---- the keeper

void Reconciler::keep_connected() {
  if (keeper_.is_connected() || active() == 0) return;
  const auto connected = keeper_.connect(true);
  if (!connected) return lose_keeper(std::string(connected.error().message()));
  for (auto& [name, desk] : desks_) desk.start_asked = desk.stop_asked = desk.knock_asked = "";
  for (const auto& [name, standing] : standings_) dirty_.insert(name);
}

void Reconciler::lose_keeper(const std::string& why) {
  trouble_ = why;
  log(why);
  keeper_.disconnect();
  retry_ = true;
  for (auto& [name, desk] : desks_) desk.refused = nullptr;
}

/// Runs that no process has, ended or not.
void Reconciler::end_unclaimed() {
  if (!keeper_.is_connected()) return;
  std::vector<std::string> ended;
  for (const auto& [run, child] : keeper_.children()) {
    const auto& name = child.started.instance();
    const auto standing = standings_.find(name);
    const bool claimed = standing != standings_.end() && standing->second.is_active() &&
                         standing->second.view->run() == run;
    if (claimed || name.empty()) continue;
    if (child.exited) {
      ended.push_back(run);
    } else if (desks_[name].stop_asked != run) {
      log(name + ": a run of it that nothing wants is ended");
      keeper::ToKeeper asked;
      asked.mutable_stop()->set_run(run);
      asked.mutable_stop()->set_at_once(true);
      keeper_.send(asked);
      desks_[name].stop_asked = run;
    }
  }
  for (const auto& run : ended) {
    const auto name = keeper_.children().find(run)->second.started.instance();
    keeper_.forget(run);
    // Another run of it may have waited for this.
    dirty_.insert(name);
  }
}

// ---- one process

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
  if (standing.is_active()) {
    reconcile_run(name, standing);
  } else if (standing.status == "waiting" && !parking_) {
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
  auto& desk = desks_[name];
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
    return submit(name, report);
  }
  if (child.exited) {
    pb::ReportExited report;
    report.set_run(view.run());
    *report.mutable_exit() = exit_of(*child.exited);
    return submit(name, report);
  }
  if (standing.status == "stopping") {
    if (desk.stop_asked == view.run()) return;
    keeper::ToKeeper asked;
    asked.mutable_stop()->set_run(view.run());
    keeper_.send(asked);
    desk.stop_asked = view.run();
    return;
  }
  if (parking_) return park_one(name, standing);
  if (desk.knocked && desk.knocked->id() == view.knock()) {
    pb::ReportSignalled report;
    report.set_run(view.run());
    report.set_knock(desk.knocked->id());
    report.set_refused(desk.knocked->refused());
    desk.knocked = nullptr;
    return submit(name, report);
  }
  if (view.knocks_size() > 0 && desk.knock_asked != view.knock()) {
    keeper::ToKeeper asked;
    asked.mutable_knock()->set_run(view.run());
    asked.mutable_knock()->set_id(view.knock());
    asked.mutable_knock()->set_signal(
        static_cast<std::uint32_t>(signal_number(view.knocks(0).signal())));
    keeper_.send(asked);
    desk.knock_asked = view.knock();
  }
  std::string what;
  if (standing.status == "launching" && is_ready(standing, child, what)) {
    pb::ReportReady report;
    report.set_run(view.run());
    report.set_detail(what);
    submit(name, report);
  }
}

bool Reconciler::is_ready(const Standing& standing, const KeptChild& child,
                          std::string& what) const {
  const auto& texts = standing.view->config().ready();
  const auto any = parse_checks(texts, "ready", CheckedFor::readiness);
  if (!any) return false;
  for (std::size_t i = 0; i < any->size(); ++i) {
    const auto& all = (*any)[i];
    const auto holds = [&child](const Check& check) { return has_said(child.started, check); };
    if (!std::ranges::all_of(all, holds)) continue;
    what = texts.Get(static_cast<int>(i));
    return true;
  }
  return any->empty();
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
  if (!launch) {
    pb::ReportRefused report;
    report.set_run(view.run());
    report.set_detail(launch.error().detail);
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
}

void Reconciler::park_one(const std::string& name, const Standing& standing) {
  if (standing.status == "stopping" || is_needed(name, standings_)) return;
  submit(name, pb::Park());
}

}  // namespace nightshift::bridges::process
