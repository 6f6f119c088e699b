// Carries commands and Tells between nodes: its thread, what goes out, and what comes of it.
#include "runtime/cluster/courier.hpp"

#include <algorithm>
#include <utility>

#include "messages/crypto.hpp"
#include "runtime/host/inspection.hpp"

namespace nightshift::runtime::cluster {
namespace {

constexpr std::size_t offences_kept = 50;
/// Of Tells that wait for one peer, in memory: the rest is told again later.
constexpr std::size_t tells_max = 10'000;
constexpr std::uint64_t tell_bytes_max = 64u << 20;

post::Item item_of(const Command& command, std::uint64_t n, Time now) {
  post::Item item;
  item.set_n(n);
  item.set_kind(command.entity.kind);
  item.set_id(command.entity.id);
  item.set_command(command.body->GetDescriptor()->name());
  item.set_body(command.body->SerializeAsString());
  item.set_key(command.key);
  if (command.if_match) item.set_if_match(*command.if_match);
  item.set_principal(command.caller.principal);
  for (const auto scope : command.caller.scopes) item.add_scopes(scope);
  item.set_agent(command.caller.agent);
  item.set_correlation(command.correlation);
  item.set_taken_at_us(to_us(now));
  return item;
}

}  // namespace

Courier::Courier(CourierOptions options)
    : options_(std::move(options)),
      store_(*options_.store),
      run_(random_bytes(16)),
      alarm_(options_.clock->alarm()) {}

Result<std::shared_ptr<Courier>> Courier::make(CourierOptions options) {
  std::shared_ptr<Courier> courier(new Courier(std::move(options)));
  if (auto loaded = courier->load(); !loaded) return std::unexpected(loaded.error());
  return courier;
}

Courier::~Courier() { close(); }

Result<void> Courier::load() {
  auto fences = store_.fences();
  if (!fences) return std::unexpected(fences.error());
  for (auto& [node, fence] : *fences) {
    auto& known = peers_[node];
    known.role = fence.role();
    if (fence.role() == "local") locals_.insert(node);
    known.fence = std::move(fence);
  }
  auto addressees = store_.addressees();
  if (!addressees) return std::unexpected(addressees.error());
  for (const auto& node : *addressees) peers_[node];
  for (auto& [node, known] : peers_) {
    auto size = store_.size(node);
    if (!size) return std::unexpected(size.error());
    known.outbox = *size;
    known.sent = size->first - 1;
  }
  return {};
}

void Courier::open(Node& node, Hear hear) {
  node_ = &node;
  hear_ = std::move(hear);
  thread_ = std::thread([this] { run(); });
}

void Courier::close() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  alarm_->wake();
  if (thread_.joinable()) thread_.join();
  // Whoever still waits asks again by the command's id.
  for (auto& [name, known] : peers_) {
    for (auto& [n, waiter] : std::exchange(known.waiters, {})) {
      waiter.sent(fail(ErrorCode::unavailable, {}, waiter.command_id));
    }
    known.tells.clear();
  }
  for (auto& submission : std::exchange(submissions_, {})) {
    submission.sent(fail(ErrorCode::stopping));
  }
  jobs_.clear();
  node_ = nullptr;
  hear_ = nullptr;
}

void Courier::post_job(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    jobs_.push_back(std::move(job));
  }
  alarm_->wake();
}

void Courier::run() {
  while (true) {
    alarm_->arm();
    std::deque<Job> jobs;
    std::vector<Submission> submissions;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      jobs.swap(jobs_);
      submissions.swap(submissions_);
    }
    const auto next = round(std::move(jobs), std::move(submissions));
    alarm_->wait(next);
  }
}

std::chrono::microseconds Courier::round(std::deque<Job> jobs,
                                         std::vector<Submission> submissions) {
  batch_.emplace(store_.batch());
  for (auto& job : jobs) job();
  for (auto& submission : submissions) take(std::move(submission));
  write();
  const auto again = ask_again();
  for (auto& [node, known] : peers_) pump(node, known);
  const auto next = std::min(again, settle_impatient());
  std::map<std::string, PeerPost> seen;
  for (const auto& [node, known] : peers_) {
    auto& post = seen[node];
    post.node = node;
    post.waiting = known.outbox.items;
    post.waiting_bytes = known.outbox.bytes;
    post.tells = known.tells.size();
    post.refused = known.refused;
    post.fenced = known.fenced;
  }
  const std::lock_guard lock(mutex_);
  seen_.swap(seen);
  return next;
}

void Courier::write() {
  const bool worth = !batch_->empty();
  if (worth && !broken_) {
    if (auto written = batch_->write(); !written) {
      // The outcome is unknown until the files are opened again.
      broken_ = true;
      report("the node's post has stopped: " + std::string(written.error().message()));
    }
  }
  batch_.reset();
  if (worth) point("post_written");
  for (auto& one : std::exchange(then_, {})) one(!broken_);
}

Courier::Peer& Courier::peer(const std::string& node) { return peers_[node]; }

// ---- where

std::optional<std::string> Courier::home_of(const EntityRef& entity) const {
  const auto here = options_.log->state(entity);
  if (here && *here) return std::nullopt;
  const auto placed = options_.homes.find(entity.kind);
  const bool is_placed = placed != options_.homes.end();
  const bool ours = is_placed && (placed->second == options_.node ||
                                  (placed->second == "local" && options_.role == "local"));
  std::optional<std::string> known;
  if (auto row = store_.home(entity)) known = std::move(*row);
  if (!known && options_.known) known = options_.known(entity);
  const std::lock_guard lock(mutex_);
  // Whatever a cloud node says that it has: what is placed here is not to be had there.
  if (known && (!ours || locals_.contains(*known))) return known;
  if (!is_placed || ours) return std::nullopt;
  if (placed->second != "local") return placed->second;
  return locals_.size() == 1 ? *locals_.begin() : std::string();
}

// ---- commands

void Courier::submit(const std::string& node, Command command, bool patient, Sent sent) {
  if (auto fit = host::inspect(*options_.catalog, command); !fit) {
    return sent(std::unexpected(std::move(fit.error())));
  }
  if (node.empty()) {
    return sent(fail(ErrorCode::unreachable,
                     to_string(command.entity) +
                         " would be at home at the local node, and this node knows none or several;"
                         " let [placement] " +
                         command.entity.kind + " name it",
                     to_string(command.entity)));
  }
  if (command.key.empty()) command.key = to_hex(random_bytes(16));
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) {
      return sent(fail(ErrorCode::stopping));
    }
    if (submissions_.size() >= options_.items_max) {
      return sent(fail(ErrorCode::overloaded));
    }
    submissions_.push_back({node, std::move(command), patient, std::move(sent)});
  }
  alarm_->wake();
}

void Courier::take(Submission submission) {
  auto& to = peer(submission.node);
  if (broken_) {
    return submission.sent(
        fail(ErrorCode::unavailable, "the node's post has stopped; its log says why"));
  }
  if (to.outbox.items >= options_.items_max || to.outbox.bytes >= options_.bytes_max) {
    return submission.sent(
        fail(ErrorCode::overloaded,
             "the outbox for " + submission.node + " is full: " + std::to_string(to.outbox.items) +
                 " commands wait for it; it takes more when that node has been back"));
  }
  const auto n = to.outbox.next++;
  const auto item = item_of(submission.command, n, options_.clock->now());
  to.outbox.items += 1;
  to.outbox.bytes += item.ByteSizeLong();
  batch_->put_item(submission.node, item);
  then_.push_back([this, n, submission = std::move(submission)](bool written) mutable {
    if (written) return entered(submission.node, n, submission);
    submission.sent(fail(ErrorCode::unavailable, {}, submission.command.key));
  });
}

void Courier::entered(const std::string& node, std::uint64_t n, Submission& submission) {
  auto& to = peer(node);
  Waiter waiter;
  waiter.sent = std::move(submission.sent);
  waiter.patient = submission.patient;
  waiter.command_id = submission.command.key;
  waiter.until = options_.clock->elapsed() + options_.patience;
  if (!to.up && !waiter.patient) return hand_over(std::move(waiter), node);
  to.waiters.emplace(n, std::move(waiter));
}

void Courier::hand_over(Waiter waiter, const std::string& node) {
  waiter.sent(Waiting{node, std::move(waiter.command_id)});
}

std::chrono::microseconds Courier::settle_impatient() {
  std::chrono::microseconds next = std::chrono::seconds(1);
  const auto now = options_.clock->elapsed();
  for (auto& [node, known] : peers_) {
    for (auto at = known.waiters.begin(); at != known.waiters.end();) {
      auto& waiter = at->second;
      const bool due = !waiter.patient && (!known.up || waiter.until <= now);
      if (due) hand_over(std::move(waiter), node);
      if (!due && !waiter.patient) next = std::min(next, waiter.until - now);
      at = due ? known.waiters.erase(at) : std::next(at);
    }
  }
  return next;
}

// ---- Tells

void Courier::tell(const std::string& node, TellAbroad tell, Decided decided) {
  post_job([this, node, tell = std::move(tell), decided = std::move(decided)]() mutable {
    if (node.empty()) {
      return decided(fail(ErrorCode::unavailable,
                          "it is to be told at the local node, and this node knows none or several;"
                          " let [placement] " +
                              tell.target.kind + " name it"));
    }
    auto& to = peer(node);
    if (to.tells.size() >= tells_max || to.tell_bytes >= tell_bytes_max) {
      return decided(fail(ErrorCode::unavailable, "too much waits for the node " + node));
    }
    const auto ticket = ++tickets_;
    post::Told told;
    told.set_ticket(ticket);
    told.set_source_kind(tell.telling.source.kind);
    told.set_source_id(tell.telling.source.id);
    told.set_kind(tell.target.kind);
    told.set_id(tell.target.id);
    told.set_n(tell.telling.n);
    told.set_open_from(tell.telling.open_from);
    told.set_command(std::move(tell.command));
    told.set_body(std::move(tell.body));
    told.set_correlation(std::move(tell.correlation));
    to.tell_bytes += told.body().size();
    to.tells.emplace(ticket, HeldTell{std::move(told), std::move(decided)});
  });
}

// ---- sessions

void Courier::connect(Wire wire) {
  post_job([this, wire = std::move(wire)]() mutable {
    wire_ = std::move(wire);
    if (wire_.send) return;
    for (auto& [node, known] : peers_) known.up = false;
  });
}

void Courier::up(const std::string& node, const std::string& role) {
  post_job([this, node, role] {
    auto& known = peer(node);
    known.up = true;
    ++known.session;
    known.hailed = false;
    known.refused.clear();
    known.fenced.clear();
    known.replies.clear();
    known.reply_bytes = 0;
    known.under_way.clear();
    known.sent = known.outbox.first - 1;
    known.told = 0;
    known.role = role;
    if (role == "local") {
      const std::lock_guard lock(mutex_);
      locals_.insert(node);
    }
    hail(node, known);
  });
}

void Courier::down(const std::string& node) {
  post_job([this, node] {
    auto& known = peer(node);
    known.up = false;
    known.hailed = false;
    known.replies.clear();
    known.reply_bytes = 0;
  });
}

void Courier::delivered(const std::string& node, std::string body) {
  post_job([this, node, body = std::move(body)] { read(node, body); });
}

void Courier::credited(const std::string&) { alarm_->wake(); }

void Courier::hail(const std::string& node, Peer& known) {
  post::Post post;
  auto& hail = *post.mutable_hail();
  hail.set_log_id(options_.log->identity().log_id());
  hail.set_boot_epoch(options_.log->boot_epoch());
  hail.set_run(run_);
  hail.set_outbox(store_.outbox());
  hail.set_next(known.outbox.first);
  reply(node, post);
}

bool Courier::put(const std::string& node, const post::Post& post) {
  return wire_.send && wire_.send(node, post.SerializeAsString());
}

void Courier::reply(const std::string& node, const post::Post& post, std::uint64_t release) {
  auto& to = peer(node);
  if (!to.up) return;
  to.replies.push_back({post.SerializeAsString(), release});
  to.reply_bytes += to.replies.back().body.size();
}

/// In this order: what others wait for, what entities tell, what people command.
void Courier::pump(const std::string& node, Peer& to) {
  if (!to.up || broken_ || !wire_.send) return;
  while (!to.replies.empty()) {
    auto& next = to.replies.front();
    const auto bytes = next.body.size();
    if (!wire_.send(node, next.body)) return;
    to.reply_bytes -= bytes;
    if (next.release > 0 && wire_.consumed) wire_.consumed(node, next.release);
    to.replies.pop_front();
  }
  if (!to.fenced.empty()) return;
  for (auto at = to.tells.upper_bound(to.told); at != to.tells.end(); ++at) {
    post::Post post;
    *post.mutable_told() = at->second.told;
    point("before_send");
    if (!put(node, post)) return;
    to.told = at->first;
  }
  while (to.under_way.size() < options_.under_way_max && to.sent + 1 < to.outbox.next) {
    auto items = store_.items(node, to.sent + 1, options_.under_way_max - to.under_way.size());
    if (!items) return report(items.error().message());
    if (items->empty()) {
      to.sent = to.outbox.next - 1;
      return;
    }
    for (auto& item : *items) {
      post::Post post;
      *post.mutable_item() = item;
      point("before_send");
      if (!put(node, post)) return;
      to.sent = item.n();
      const auto bytes = item.ByteSizeLong();
      // They are in the outbox.
      item.clear_body();
      const auto n = item.n();
      to.under_way.emplace(n, UnderWay{std::move(item), bytes});
    }
  }
}

// ---- views

std::vector<PeerPost> Courier::peers() const {
  std::vector<PeerPost> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [node, post] : seen_) all.push_back(post);
  }
  for (auto& one : all) {
    if (one.waiting == 0) continue;
    const auto first = store_.items(one.node, 0, 1);
    if (first && !first->empty()) one.waiting_since = time_from_us(first->front().taken_at_us());
  }
  return all;
}

std::vector<Offence> Courier::offences() const {
  const std::lock_guard lock(mutex_);
  return {offences_.begin(), offences_.end()};
}

Result<std::vector<post::Item>> Courier::waiting(const std::string& node, std::size_t most) const {
  return store_.items(node, 0, most);
}

Result<std::vector<post::Answered>> Courier::answered(const std::string& node) const {
  return store_.answered(node);
}

void Courier::offend(const std::string& node, std::string what) {
  report(node + " sent what it may not: " + what);
  const std::lock_guard lock(mutex_);
  offences_.push_back({options_.clock->now(), node, std::move(what)});
  if (offences_.size() > offences_kept) offences_.pop_front();
}

void Courier::refuse(const std::string& node, Peer& known, std::string why) {
  offend(node, why);
  post::Post post;
  post.mutable_fenced()->set_reason(why);
  reply(node, post);
  known.refused = std::move(why);
}

void Courier::report(std::string_view line) const {
  if (options_.report) options_.report(line);
}

void Courier::point(std::string_view name) const {
  if (options_.crash_point) options_.crash_point(name);
}

}  // namespace nightshift::runtime::cluster
