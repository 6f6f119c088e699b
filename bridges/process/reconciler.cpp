// Looks, compares, acts.
#include "bridges/process/reconciler.hpp"

#include <poll.h>

#include <algorithm>
#include <vector>

namespace nightshift::bridges::process {
namespace {

namespace pb = nightshift::process;

constexpr std::size_t page = 1000;

std::shared_ptr<const pb::View> view_of(const runtime::Answer& answer) {
  return std::dynamic_pointer_cast<const pb::View>(answer.view);
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
  keeper_.finish_sending();
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

/// Its vigil has something to look at now. While something is to be tried again, or a command is
/// not answered, it would look in vain.
bool Reconciler::is_attended(const std::string& name, const Desk& desk) const {
  if (!desk.vigil || desk.busy || retry_at_ || parking_ || !keeper_.is_connected()) return false;
  const auto standing = standings_.find(name);
  return standing != standings_.end() && standing->second.status != "stopping" &&
         standing->second.view->pid() != 0 && standing->second.view->run() == desk.vigil->run();
}

void Reconciler::wait() {
  const auto events = static_cast<short>(POLLIN | (keeper_.has_unsent() ? POLLOUT : 0));
  std::vector<pollfd> watched{{mailbox_->descriptor(), POLLIN, 0},
                              {keeper_.descriptor(), events, 0}};
  std::vector<const Vigil*> vigils;
  // Whose descriptors begin where.
  std::vector<std::pair<const std::string*, std::size_t>> begins;
  for (const auto& [name, desk] : desks_) {
    if (!is_attended(name, desk)) continue;
    vigils.push_back(desk.vigil.get());
    begins.emplace_back(&name, watched.size());
    desk.vigil->add_to(watched);
  }
  ::poll(watched.data(), watched.size(), patience_ms(vigils));
  const auto now = node_.clock().elapsed();
  for (std::size_t i = 0; i < vigils.size(); ++i) {
    const auto end = i + 1 < begins.size() ? begins[i + 1].second : watched.size();
    const auto look = vigils[i]->next_look();
    bool due = look && now >= *look;
    for (auto n = begins[i].second; n < end; ++n) due |= watched[n].revents != 0;
    if (due) dirty_.insert(*begins[i].first);
  }
  if (!retry_at_ || now < *retry_at_) return;
  retry_at_.reset();
  for (const auto& [name, standing] : standings_) dirty_.insert(name);
}

int Reconciler::patience_ms(const std::vector<const Vigil*>& vigils) const {
  auto next = retry_at_;
  for (const auto* vigil : vigils) {
    const auto look = vigil->next_look();
    if (look) next = next ? std::min(*next, *look) : *look;
  }
  if (!next) return -1;
  const auto left = std::max(*next - node_.clock().elapsed(), Moment(0));
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
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
    retry_at_ = node_.clock().elapsed() + options_.retry_every;
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
  retry_at_ = node_.clock().elapsed() + options_.retry_every;
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

}  // namespace nightshift::bridges::process
