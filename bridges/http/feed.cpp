// Serves subscribers to events, all on one thread.
#include "bridges/http/feed.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <exception>
#include <set>

namespace nightshift::bridges::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view sign_of_life = ":\n\n";
/// The system may hold as much for one who does not read; it would let that grow to megabytes.
constexpr int unsent_bytes_max = 64 << 10;
/// How long a subscriber may outlive its session.
constexpr std::chrono::seconds patrol_interval{1};

}  // namespace

struct Feed::Follower final : Timed {
  Follower(Guest&& guest, Budget& budget)
      : cursor(std::move(guest.cursor)),
        place(std::move(guest.place)),
        socket(std::move(guest.socket)),
        presence(std::move(guest.presence)),
        memory(budget) {}

  Follow cursor;
  Presence place;
  Socket socket;
  Presence presence;
  /// The end of the frame that the socket took in part.
  std::string rest;
  Charge memory;
  bool blocked = false;
  bool is_ready = false;
  /// When something was written last.
  SteadyTime written_at = Clock::now();
};

Feed::Feed(runtime::Node& node, const HttpOptions& options, Sessions& sessions, Budget& memory,
           FrontMetrics& metrics)
    : node_(node),
      options_(options),
      sessions_(sessions),
      memory_(memory),
      metrics_(metrics),
      places_(options.followers_max),
      said_(0),
      poller_(bell_),
      pages_(node),
      authority_(node.authority()),
      thread_([this] { run(); }) {}

Feed::~Feed() {
  stop();
  thread_.join();
}

void Feed::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  bell_.ring();
}

Result<std::unique_ptr<Guest>> Feed::invite(Follow cursor) {
  if (auto taken = places_.take(cursor.principal); !taken) return std::unexpected(taken.error());
  metrics_.followers(1);
  auto guest = std::make_unique<Guest>();
  guest->place =
      Presence(&places_, [&metrics = metrics_, principal = cursor.principal](Places* places) {
        metrics.followers(-1);
        places->give_back(principal);
      });
  guest->cursor = std::move(cursor);
  return guest;
}

void Feed::seat(std::unique_ptr<Guest> guest) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    guests_.push_back(std::move(guest));
  }
  bell_.ring();
}

bool Feed::stopping() {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

void Feed::run() {
  try {
    while (!stopping()) turn();
  } catch (const std::exception& error) {
    if (options_.failed) options_.failed("the feed of events: " + std::string(error.what()));
  }
  watch_.reset();
  followers_.clear();
}

void Feed::turn() {
  const SteadyTime until = followers_.empty() ? never : std::min(deadlines_.next(), patrol_at_);
  const auto events = poller_.wait(ready_.empty() ? until : SteadyTime{});
  for (const epoll_event& event : events) {
    happened(*static_cast<Follower*>(event.data.ptr), event.events);
  }
  take_in();
  look_at_news();
  // Who has much to catch up with goes to the end of the queue after each page.
  for (std::size_t count = ready_.size(); count > 0; --count) {
    Follower& follower = *ready_.front();
    ready_.pop_front();
    follower.is_ready = false;
    if (follower.socket.open()) serve(follower);
  }
  const SteadyTime now = Clock::now();
  while (Timed* due = deadlines_.take_due(now)) look_at(static_cast<Follower&>(*due), now);
  if (now >= patrol_at_) patrol(now);
  if (followers_.empty()) watch_.reset();
  dropped_.clear();
}

void Feed::take_in() {
  std::vector<std::unique_ptr<Guest>> guests;
  {
    const std::scoped_lock lock(mutex_);
    guests.swap(guests_);
  }
  if (guests.empty()) return;
  // From here on it is no older than what let any of them in.
  look_at_authority();
  listen();
  for (auto& guest : guests) {
    auto owned = std::make_unique<Follower>(std::move(*guest), memory_);
    Follower& follower = *owned;
    followers_.emplace(&follower, std::move(owned));
    admit(follower);
  }
}

void Feed::admit(Follower& follower) {
  if (follower.cursor.entity) {
    // What comes from here on is told; what was before is read.
    if (by_entity_.empty()) told_ = newest_;
    by_entity_.emplace(to_string(*follower.cursor.entity), &follower);
  }
  setsockopt(follower.socket.descriptor(), SOL_SOCKET, SO_SNDBUF, &unsent_bytes_max,
             sizeof unsent_bytes_max);
  const bool known = follower.cursor.authority == authority_;
  if (!known || !poller_.watch_changes(follower.socket, &follower)) return drop(follower);
  deadlines_.look_by(Clock::now() + options_.heartbeat, follower);
  ready(follower);
}

void Feed::listen() {
  if (watch_) return;
  watch_ = node_.watch([this](std::uint64_t newest) {
    said_.store(newest);
    bell_.ring();
  });
  const std::uint64_t durable = node_.head().offset;
  std::uint64_t said = said_.load();
  while (said < durable && !said_.compare_exchange_weak(said, durable)) continue;
  newest_ = said_.load();
}

void Feed::look_at_authority() {
  auto authority = node_.authority();
  if (authority == authority_) return;
  authority_ = std::move(authority);
  drop_if([&](const Follow& cursor) { return cursor.authority != authority_; });
}

void Feed::patrol(SteadyTime now) {
  patrol_at_ = now + patrol_interval;
  look_at_authority();
  std::set<std::string> open;
  for (const Session& session : sessions_.list()) open.insert(session.id);
  drop_if([&](const Follow& cursor) {
    return !cursor.session.empty() && !open.contains(cursor.session);
  });
}

void Feed::look_at_news() {
  look_at_authority();
  const std::uint64_t newest = said_.load();
  if (newest == newest_) return;
  newest_ = newest;
  for (const auto& [follower, owned] : followers_) {
    if (!follower->cursor.entity && follower->cursor.offset < newest_) ready(*follower);
  }
  tell_of_entities();
}

void Feed::drop_if(const std::function<bool(const Follow&)>& unwelcome) {
  std::vector<Follower*> leaving;
  for (const auto& [follower, owned] : followers_) {
    if (unwelcome(follower->cursor)) leaving.push_back(follower);
  }
  for (Follower* follower : leaving) drop(*follower);
}

void Feed::tell_of_entities() {
  while (!by_entity_.empty() && told_ < newest_) {
    Follow all;
    all.offset = told_;
    const auto page = pages_.behind(all, newest_);
    if (!page || (*page)->frames.empty()) return;
    for (const Page::Frame& frame : (*page)->frames) {
      const auto [begin, end] = by_entity_.equal_range(to_string(frame.entity));
      for (auto at = begin; at != end; ++at) ready(*at->second);
    }
    told_ = (*page)->frames.back().offset;
  }
}

void Feed::ready(Follower& follower) {
  if (follower.blocked || !follower.socket.open() || follower.is_ready) return;
  follower.is_ready = true;
  ready_.push_back(&follower);
}

void Feed::happened(Follower& follower, std::uint32_t events) {
  if (!follower.socket.open()) return;
  if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) return drop(follower);
  if (events & EPOLLIN) {
    // A subscriber has nothing to say.
    std::array<char, 4096> ignored;
    while (recv(follower.socket.descriptor(), ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) {
      continue;
    }
  }
  if (events & EPOLLOUT && follower.blocked) {
    follower.blocked = false;
    ready(follower);
  }
}

std::size_t Feed::write(Follower& follower, std::string_view text) {
  const auto taken = send_some(follower.socket, text);
  if (!taken) {
    drop(follower);
    return 0;
  }
  follower.written_at = Clock::now();
  follower.blocked = *taken < text.size();
  deadlines_.look_by(
      follower.written_at + (follower.blocked ? options_.write_timeout : options_.heartbeat),
      follower);
  return *taken;
}

void Feed::serve(Follower& follower) {
  if (!follower.rest.empty()) {
    follower.rest.erase(0, write(follower, follower.rest));
    if (follower.blocked || !follower.socket.open()) return;
    follower.rest = {};
    follower.memory.resize(0);
  }
  const auto page = pages_.behind(follower.cursor, newest_);
  if (!page) return drop(follower);
  write_page(follower, **page);
  if ((*page)->full) ready(follower);
}

void Feed::write_page(Follower& follower, const Page& page) {
  const auto& frames = page.frames;
  const auto start_of = [&](auto frame) {
    return frame == frames.begin() ? 0 : std::prev(frame)->end;
  };
  // What the subscriber of an entity has seen elsewhere in the log is left out.
  const auto first =
      std::ranges::upper_bound(frames, follower.cursor.offset, {}, &Page::Frame::offset);
  std::size_t at = start_of(first);
  if (first != frames.end()) at += write(follower, std::string_view(page.text).substr(at));
  if (!follower.socket.open()) return;
  auto next = std::ranges::upper_bound(frames, at, {}, &Page::Frame::end);
  if (next != frames.end() && start_of(next) < at) {
    follower.rest = page.text.substr(at, next->end - at);
    if (!follower.memory.resize(follower.rest.size())) return drop(follower);
    ++next;
  }
  if (next == frames.begin()) return;
  follower.cursor.offset = std::max(follower.cursor.offset, std::prev(next)->offset);
  follower.cursor.sequence = std::prev(next)->sequence;
}

void Feed::look_at(Follower& follower, SteadyTime now) {
  const SteadyTime until =
      follower.written_at + (follower.blocked ? options_.write_timeout : options_.heartbeat);
  if (now < until) return deadlines_.look_by(until, follower);
  if (follower.blocked) return drop(follower);
  const std::size_t taken = write(follower, sign_of_life);
  if (follower.blocked) follower.rest = sign_of_life.substr(taken);
}

void Feed::drop(Follower& follower) {
  if (!follower.socket.open()) return;
  if (follower.is_ready) std::erase(ready_, &follower);
  deadlines_.forget(follower);
  poller_.forget(follower.socket);
  follower.socket.close();
  follower.presence.reset();
  follower.place.reset();
  if (follower.cursor.entity) {
    const auto [begin, end] = by_entity_.equal_range(to_string(*follower.cursor.entity));
    by_entity_.erase(
        std::find_if(begin, end, [&](const auto& e) { return e.second == &follower; }));
  }
  const auto owned = followers_.find(&follower);
  dropped_.push_back(std::move(owned->second));
  followers_.erase(owned);
}

}  // namespace nightshift::bridges::http
