// Delivers Tells. Nothing is sent under the lock.
#include "runtime/host/tells.hpp"

#include <algorithm>
#include <utility>

#include "runtime/host/backoff.hpp"
#include "runtime/host/work_rows.hpp"

namespace nightshift::runtime::host {
namespace {

/// Of one line in memory, and so many on their way at once.
constexpr std::size_t window = 64;

::nightshift::host::TellRefused refusal_of(const TellWork& work, const Error& error) {
  ::nightshift::host::TellRefused event;
  event.set_kind(work.kind());
  event.set_id(work.id());
  event.set_n(work.n());
  event.set_command(work.command());
  event.set_body(work.body());
  event.set_code(std::string(info(error.code).name));
  event.set_detail(std::string(error.message()));
  return event;
}

std::optional<EntityRef> target_of(const storage::WorkKey& key) {
  return parse_entity(std::string_view(key.name).substr(0, key.name.rfind('/')));
}

Error damaged(const storage::WorkKey& key) {
  return {ErrorCode::corrupt,
          "the row of what " + to_string(key.entity) + " tells " + key.name +
              " cannot be read; restore a backup",
          to_string(key.entity)};
}

std::string name_of(const TellLine& line) {
  return "what " + to_string(line.source) + " tells " + to_string(line.target);
}

}  // namespace

bool may_tell_again(ErrorCode code) {
  switch (code) {
    case ErrorCode::conflict:
    case ErrorCode::corrupt:
    case ErrorCode::io:
    case ErrorCode::no_space:
    case ErrorCode::overloaded:
    case ErrorCode::quarantined:
    case ErrorCode::stopping:
    case ErrorCode::unavailable: return true;
    default: return false;
  }
}

std::string tell_id(const TellLine& line, std::uint64_t n) {
  return "tell:" + to_string(line.source) + ":" + to_string(line.target) + ":" + std::to_string(n);
}

/// What is sent once the lock is free.
struct Tells::Outbox {
  struct Delivery {
    TellLine line;
    TellWork work;
    std::uint64_t open_from = 0;
  };
  struct Settlement {
    TellLine line;
    std::uint64_t up_to = 0;
    std::optional<::nightshift::host::TellRefused> refused;
    std::string correlation;
  };
  std::vector<Settlement> settlements;
  std::vector<Delivery> deliveries;
};

Result<void> Tells::find() {
  storage::WorkKey from;
  from.kind = storage::WorkKind::tell;
  std::vector<TellLine> found;
  for (std::optional<storage::WorkKey> first = from; first;) {
    from = *std::exchange(first, std::nullopt);
    auto scanned = parts_.log.scan_work(from.kind, from, [&](const storage::WorkRow& row) {
      first = row.key;
      return false;
    });
    if (!scanned) return scanned;
    if (!first) break;
    const auto target = target_of(*first);
    if (!target) return std::unexpected(damaged(*first));
    found.push_back({first->entity, *target});
    // Behind all of this line.
    first = tell_key(first->entity, *target, UINT64_MAX);
  }
  const std::lock_guard lock(mutex_);
  for (const auto& line : found) {
    lines_.try_emplace(line);
    due_.insert(line);
  }
  return {};
}

void Tells::want(const storage::WorkKey& key, TellWork work) {
  const TellLine name{key.entity, {work.kind(), work.id()}};
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    // A line that is not known yet is read from its first row on.
    auto& line = lines_[name];
    const bool next = !line.more && line.read + 1 == work.n() && line.tells.size() < window;
    if (next) {
      line.read = work.n();
      line.tells.push_back({.work = std::move(work), .refusal = {}});
    } else if (work.n() > line.read) {
      line.more = true;
    }
    wake = make_due(name);
  }
  if (wake) parts_.wake();
}

bool Tells::make_due(const TellLine& name) {
  const bool idle = due_.empty();
  due_.insert(name);
  return idle;
}

std::optional<std::chrono::microseconds> Tells::poll() {
  Outbox out;
  std::optional<std::chrono::microseconds> next;
  {
    const std::lock_guard lock(mutex_);
    const auto now = parts_.clock.elapsed();
    while (!later_.empty() && later_.begin()->first <= now) {
      due_.insert(later_.extract(later_.begin()).mapped());
    }
    for (const auto& name : std::exchange(due_, {})) {
      const auto at = lines_.find(name);
      if (at != lines_.end()) serve(name, at->second, out);
    }
    if (!later_.empty()) next = later_.begin()->first - now;
  }
  send(out);
  return next;
}

void Tells::send(Outbox& out) {
  for (auto& one : out.settlements) {
    parts_.settle(one.line, one.up_to, std::move(one.refused), std::move(one.correlation));
  }
  for (const auto& one : out.deliveries) parts_.deliver(one.line, one.work, one.open_from);
}

void Tells::serve(const TellLine& name, Line& line, Outbox& out) {
  if (line.not_before > parts_.clock.elapsed()) return;
  if (line.more && line.tells.size() <= window / 2) {
    if (auto filled = refill(name, line); !filled) {
      return fail(name, line, filled.error().message());
    }
  }
  if (line.tells.empty() && !line.more && !line.settling) {
    lines_.erase(name);
    return;
  }
  settle(name, line, out);
  deliver(name, line, out);
}

Result<void> Tells::refill(const TellLine& name, Line& line) {
  const auto from = tell_key(name.source, name.target, line.read + 1);
  const auto last = tell_key(name.source, name.target, UINT64_MAX);
  bool more = false;
  std::optional<Error> unreadable;
  auto scanned = parts_.log.scan_work(from.kind, from, [&](const storage::WorkRow& row) {
    if (last < row.key) return false;
    more = line.tells.size() == window;
    if (more) return false;
    TellWork work;
    if (!work.ParseFromString(row.value)) {
      unreadable = damaged(row.key);
      return false;
    }
    line.read = work.n();
    line.tells.push_back({.work = std::move(work), .refusal = {}});
    return true;
  });
  if (unreadable) return std::unexpected(std::move(*unreadable));
  if (scanned) line.more = more;
  return scanned;
}

void Tells::settle(const TellLine& name, Line& line, Outbox& out) {
  if (line.settling) return;
  const Tell* last = nullptr;
  for (const auto& tell : line.tells) {
    if (tell.step != Step::accepted && tell.step != Step::refused) break;
    last = &tell;
    // Each refusal is an event of its own decision.
    if (tell.step == Step::refused) break;
  }
  if (last == nullptr) return;
  line.settling = true;
  auto& settlement = out.settlements.emplace_back();
  settlement.line = name;
  settlement.up_to = last->work.n();
  settlement.correlation = last->work.correlation();
  if (last->step == Step::refused) settlement.refused = refusal_of(last->work, last->refusal);
}

void Tells::deliver(const TellLine& name, Line& line, Outbox& out) {
  for (auto& tell : line.tells) {
    if (tell.step != Step::open) continue;
    tell.step = Step::sent;
    out.deliveries.push_back({name, tell.work, line.tells.front().work.n()});
  }
}

void Tells::answered(const TellLine& name, std::uint64_t n, const Result<void>& decided) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const auto at = lines_.find(name);
    if (at == lines_.end()) return;
    auto& line = at->second;
    const auto tell = std::ranges::find(line.tells, n, [](const Tell& t) { return t.work.n(); });
    if (tell == line.tells.end() || tell->step != Step::sent) return;
    if (!decided && may_tell_again(decided.error().code)) {
      turn_away(name, line, *tell, decided.error());
    } else {
      tell->step = decided ? Step::accepted : Step::refused;
      if (!decided) tell->refusal = decided.error();
      ++(decided ? parts_.counters.accepted : parts_.counters.refused);
      line.failures = 0;
    }
    wake = make_due(name);
  }
  if (wake) parts_.wake();
}

void Tells::turn_away(const TellLine& name, Line& line, Tell& tell, const Error& error) {
  tell.step = Step::open;
  if (error.code == ErrorCode::stopping) return;
  // Those behind the one that could not be decided came before their turn.
  const auto undecided = [](const Tell& other) {
    return other.step == Step::open || other.step == Step::sent;
  };
  if (&*std::ranges::find_if(line.tells, undecided) == &tell) fail(name, line, error.message());
}

void Tells::fail(const TellLine& name, Line& line, std::string_view why) {
  if (line.failures++ == 0) {
    line.since = parts_.clock.now();
    parts_.report(name_of(name) + " waits: " + std::string(why));
  }
  line.cause = why;
  line.not_before =
      parts_.clock.elapsed() + backoff(parts_.backoff, line.failures, tell_backoff_max);
  later_.emplace(line.not_before, name);
}

void Tells::settled(const TellLine& name, std::uint64_t up_to, bool written) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const auto at = lines_.find(name);
    if (at == lines_.end()) return;
    auto& line = at->second;
    line.settling = false;
    if (written) {
      while (!line.tells.empty() && line.tells.front().work.n() <= up_to) line.tells.pop_front();
      if (line.tells.empty()) line.failures = 0;
    } else {
      fail(name, line, "its source cannot write down what became of it");
    }
    wake = make_due(name);
  }
  if (wake) parts_.wake();
}

void Tells::hurry(const EntityRef& entity) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, line] : lines_) {
      if (name.source != entity && name.target != entity) continue;
      line.not_before = {};
      due_.insert(name);
    }
  }
  parts_.wake();
}

std::size_t Tells::open() const {
  const std::lock_guard lock(mutex_);
  return lines_.size();
}

std::vector<WaitingTell> Tells::waiting() const {
  std::vector<WaitingTell> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, line] : lines_) {
    if (line.failures == 0 || line.tells.empty()) continue;
    const auto& work = line.tells.front().work;
    all.push_back({.source = name.source,
                   .target = name.target,
                   .n = work.n(),
                   .command = work.command(),
                   .attempts = line.failures,
                   .since = line.since,
                   .cause = line.cause});
  }
  return all;
}

}  // namespace nightshift::runtime::host
